import { z } from "zod";
import { cidr } from "./values/cidr";
import { contradiction } from "./values/contradiction";
import { list } from "./values/list";
import { dnsLabel } from "./values/name";
import { port } from "./values/port";
import { flag, oneOf, text } from "./values/scalar";

const dnsServers = z
  .strictObject({
    namespace: dnsLabel().describe("The namespace of its pods; or cidrs.").optional(),
    cidrs: list(cidr(), { least: 1 }).describe("Its addresses; or namespace.").optional(),
    port: port().describe("The port that its pods, or those addresses, listen on.").prefault(53),
  })
  .superRefine((servers, context) => {
    const { namespace, cidrs } = servers;
    if ((namespace === undefined) !== (cidrs === undefined)) return;
    contradiction(context, {
      path: ["namespace"],
      input: servers,
      message: namespace ? "stands beside addresses" : "is missing, and so are addresses",
      accepts: "either namespace or cidrs",
      beside: ["cidrs"],
    });
  })
  .meta({ oneOf: [{ required: ["namespace"] }, { required: ["cidrs"] }] })
  .transform(({ namespace, cidrs, port }) => (namespace ? { namespace, port } : { cidrs: cidrs!, port }));

/** What the network of the cluster is like, as far as policies have to know it. */
const network = z.strictObject({
  dns: z
    .array(dnsServers)
    .superRefine((servers: unknown[], context) => {
      if (servers.length > 0) return;
      context.addIssue({ code: "custom", message: "is empty", params: { accepts: "at least one" } });
    })
    .meta({ minItems: 1 })
    .describe(
      "Where pods ask for names, such as openshift-dns on 5353, or 169.254.20.10/32 of NodeLocal DNSCache. Default: kube-system on 53.",
    )
    .optional(),
  apiServer: z
    .strictObject({
      cidrs: list(cidr(), { least: 1 }).describe("Its addresses."),
      ports: list(port(), { least: 1 }).describe("Its ports.").prefault([443, 6443]),
    })
    .describe("Where the API server is. Default: any address that is not link-local, on 443 and 6443.")
    .optional(),
  ipv6: flag().describe("Whether the outside is reached over IPv6 too.").prefault(false),
  cilium: flag()
    .describe(
      "Whether Cilium enforces the policies: a CiliumNetworkPolicy then leads dispatchers to an API server on a node of the cluster, which is no address to it.",
    )
    .prefault(false),
});

/** What the images of pods have to be. */
const images = z.strictObject({
  registries: list(
    text({
      name: "a repository with its registry",
      example: "ghcr.io/acme/*",
      pattern: /^(localhost|[A-Za-z0-9*-]*[.:*][A-Za-z0-9.:*-]*)(\/[a-z0-9*][a-z0-9._*-]*)+$/,
    }),
    { least: 1 },
  )
    .describe(
      "The repositories that they may come from, with their registry; a * stands for any text, docker.io/library is that of names without either. Default: all.",
    )
    .optional(),
  latest: flag().describe("Whether one may be behind latest, or no tag.").prefault(true),
  digest: flag().describe("Whether each has to be named by its digest.").prefault(false),
});

const handling = z.strictObject({
  kind: text({ name: "the kind of an object", example: "Deployment", pattern: /^[A-Z][A-Za-z]*$/ }).describe(
    "The kind of the objects.",
  ),
  namespace: dnsLabel().describe("Their namespace. Default: any.").optional(),
  name: text({ name: "the name of an object", example: "dispatcher", pattern: /^\S+$/ })
    .describe("Their name. Default: any.")
    .optional(),
  field: text({
    name: "a field as a preview names it",
    example: "spec.template.spec.containers[*].imagePullPolicy",
    pattern: /^\S+$/,
  })
    .describe("The field, with all that is in it; a * stands for anything. Default: every one.")
    .optional(),
  action: oneOf(["takeBack", "leave", "fail"]).describe(
    "Whether an update takes it back, leaves it as it is, or changes nothing at all and fails. What bears on safety (rights, network, pods, selectors, quotas, Secrets, labels of a namespace) is never left, but where an admission webhook writes it, which no update can change, and but for policies and bindings that are not the stack's own.",
  ),
});

/** `muster:cluster`: which cluster the stack lives on. */
export const clusterConfig = z.strictObject({
  context: text({ name: "the name of a kubeconfig context", example: "prod-eu", pattern: /^\S(?:.*\S)?$/ })
    .describe(
      "The kubeconfig context to use. Default: the current one. That of another cluster needs another name of the cluster as well.",
    )
    .optional(),
  name: text({
    name: "a name for the cluster",
    example: "prod-eu",
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  })
    .describe(
      "What the cluster is called in the stack's state: while it stays, an edited kubeconfig replaces nothing. Change it when the stack moves to another cluster: all of it is then removed there, but for what destroy keeps, and made here. For the removal it needs the context that it had. Default: the stack's name.",
    )
    .optional(),
  movesFrom: text({
    name: "a name for the cluster",
    example: "prod-eu",
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  })
    .describe(
      "The name that the cluster has until now, to say that the stack is meant to leave it: volumes stay there, and every system starts empty in the new one. Without it, another name is refused, also for the same cluster, where everything would be made anew.",
    )
    .optional(),
  admissionPolicies: flag()
    .describe(
      "Whether the API server is given policies (ValidatingAdmissionPolicy, and MutatingAdmissionPolicy where it has that), by which a dispatcher creates its own kind of Job alone, which is completed from its template, and nobody a pod without limits. They are objects of the whole cluster: false where the stack's user may not make those. Default: true.",
    )
    .optional(),
  images: images
    .describe(
      "What the images of pods have to be, whoever makes the pods. What Pulumi makes is judged in the preview, the rest by the API server: docs/admission.md.",
    )
    .optional(),
  network: network
    .describe("What the network is like, where it is not as usual: docs/clusters.md says for which clusters.")
    .optional(),
  drift: z
    .array(handling)
    .describe(
      "What becomes of what others change, the first line that fits. Default: it is taken back. docs/operations.md says how it is compared.",
    )
    .optional(),
  userIds: oneOf(["declaration", "namespace"])
    .describe(
      "Who says which user pods run as: Muster, as its images want it, or the namespace, which on OpenShift has a range of its own.",
    )
    .prefault("declaration"),
});

export type ClusterConfig = z.output<typeof clusterConfig> & { readonly name: string };
