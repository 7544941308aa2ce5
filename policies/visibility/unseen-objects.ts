import type { Field } from "../field";
import type { Resource } from "../resource";
import type { Rule } from "../rule";

export const unseenObjects: Rule = {
  id: "unseen-objects",
  title:
    "What a program brings to a cluster, the pack must be shown: of what others render, it can say nothing.",
  severity: "high",
  references: [
    {
      standard: "Pulumi Kubernetes",
      control: "Choosing the right Helm resource",
      url: "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/choosing-the-right-helm-resource-for-your-use-case/",
    },
  ],
  mend: "Register the objects themselves, as Chart, ConfigGroup and Directory do; or judge what is rendered by `npm run policy` and exempt this.",
  checkResource(resource, report) {
    const why = unseen.find(({ type }) => type.test(resource.type))?.why;
    if (why !== undefined) report(resource.body, why);
    const { field, note } = written(resource) ?? {};
    if (field) report(field, note);
  },
};

/** A field, and what it brings; without a note, where it is not known. */
interface Written {
  readonly field: Field;
  readonly note?: string;
}

/** Types whose objects somebody else makes, and who that is. */
const unseen: readonly { readonly type: RegExp; readonly why: string }[] = [
  { type: /^kubernetes:helm\.sh\/v3:Release$|^helm:.*:Release$/, why: "the provider renders the chart" },
  // Providers of Terraform under Pulumi, which write the objects in a form of their own.
  {
    type: /^(kubectl|kustomization|kubernetes:index\/)/,
    why: "its provider applies it in a form of its own",
  },
  { type: /^(argocd|flux):/, why: "its controller applies what a repository holds" },
  // Clouds that install workloads into their clusters.
  { type: /^(aws|aws-native):eks(\/addon)?:Addon$/, why: "the cloud installs the add-on" },
  {
    type: /^azure(-native)?:(kubernetesconfiguration|containerservice)\b.*:\w*(Extension|FluxConfiguration)$/,
    why: "the cloud installs what it holds",
  },
  { type: /^gcp:gkehub\/.*:Feature(Membership)?$/, why: "the cloud installs the feature" },
  { type: /^rancher2:.*:App(V2)?$/, why: "Rancher installs the app" },
  // Custom resources whose controllers apply charts, repositories or packages.
  { type: /^kubernetes:argoproj\.io\/.*:Application(Set)?$/, why: "Argo CD applies what a repository holds" },
  {
    type: /^kubernetes:(helm|kustomize)\.toolkit\.fluxcd\.io\/.*:(HelmRelease|Kustomization)$/,
    why: "Flux applies what a repository holds",
  },
  {
    type: /^kubernetes:helm\.(cattle|crossplane)\.io\/.*:(HelmChart|Release)$/,
    why: "its controller renders the chart",
  },
  {
    type: /^kubernetes:operators\.coreos\.com\/.*:Subscription$/,
    why: "the Operator Lifecycle Manager installs the operator",
  },
  {
    type: /^kubernetes:pkg\.crossplane\.io\/.*:(Provider|Configuration|Function)$/,
    why: "Crossplane installs the package",
  },
  {
    type: /^kubernetes:addons\.cluster\.x-k8s\.io\/.*:(ClusterResourceSet|HelmChartProxy)$/,
    why: "Cluster API applies what it names",
  },
];

/** Of commands and code that a program runs, only their text tells what they write to a cluster. */
function written({ type, body }: Resource): Written | undefined {
  if (type.startsWith("command:"))
    return runsTool(["create", "update", "stdin"].map((name) => body.at(name)));
  if (/^pulumi-(nodejs|python):dynamic\b/.test(type)) return speaksOfClusters(type, body.at("__provider"));
  // A component whose manifests are not known yet registers their objects only then.
  if (readsManifests.test(type)) return unknownOf(body.entries().map(([, field]) => field));
  return undefined;
}

const readsManifests =
  /^kubernetes:(yaml|kustomize|helm\.sh\/v\d)(\/v2)?:(ConfigFile|ConfigGroup|Directory|Chart)$/;
const tools = /\b(kubectl|helm|helmfile|kustomize|oc|argocd|flux|istioctl|k3s|skaffold|kapp)\b/;

// Neither a command nor code is shown: secrets may be in them.
function runsTool(texts: readonly Field[]): Written | undefined {
  for (const field of texts) {
    const tool = tools.exec(field.text ?? "")?.[1];
    if (tool) return { field: field.hidden(), note: `it runs ${tool}` };
  }
  return unknownOf(texts);
}

function speaksOfClusters(type: string, code: Field): Written | undefined {
  if (type.startsWith("pulumi-python")) return { field: code.hidden(), note: "what it does cannot be read" };
  if (!/kubernetes|kubectl|helm/i.test(code.text ?? "")) return unknownOf([code]);
  return { field: code.hidden(), note: "its code speaks of Kubernetes" };
}

function unknownOf(fields: readonly Field[]): Written | undefined {
  const field = fields.find(({ isUnknown }) => isUnknown);
  return field && { field };
}
