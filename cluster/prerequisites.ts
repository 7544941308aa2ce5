import * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import type { ClusterArgs } from "../components/cluster";
import type { SystemGraph } from "../components/declaration";
import type { SecretSources } from "../components/secret-sources";
import { kubectl } from "./kubectl";
import { storeProblems } from "./store-status";

/** What an operator of the cluster has to bring, because a stack's config asks for it. */
interface Prerequisite {
  /** The API, as group and version, or a part of one. */
  readonly api: string;
  /** An older one that will do. */
  readonly orElse?: string;
  /** Who brings it, with the command that installs it. */
  readonly operator: string;
  readonly install: string;
  /** What asks for it. */
  readonly neededBy: string;
  /** Without it the rest runs all the same. */
  readonly dispensable?: true;
}

type Cluster = Pick<ClusterArgs, "context" | "kubeconfig">;

/** A system, and where its secrets come from. */
interface Placed {
  readonly declared: SystemGraph;
  readonly secrets: SecretSources;
}

function prerequisitesOf({ declared, secrets }: Placed): Prerequisite[] {
  return [...ofMonitoring(declared), ...ofGateway(declared), ...ofSecrets(declared, secrets)];
}

const EXTERNAL_SECRETS = { api: "external-secrets.io/v1", orElse: "external-secrets.io/v1beta1" };

function ofSecrets({ name }: SystemGraph, { external }: SecretSources): Prerequisite[] {
  if (!external) return [];
  return [
    {
      ...EXTERNAL_SECRETS,
      operator: "the External Secrets Operator",
      install:
        "helm install external-secrets oci://ghcr.io/external-secrets/charts/external-secrets --namespace external-secrets --create-namespace",
      neededBy: `muster:${name}.secrets.external`,
    },
  ];
}

const GATEWAY = "gateway.networking.k8s.io/v1";
const CORS_FILTER = "filter of HTTPRoute for CORS";

function ofGateway({ name, ingress }: SystemGraph): Prerequisite[] {
  if (!ingress?.gateway) return [];
  const install =
    "kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.5.1/standard-install.yaml";
  const gateway: Prerequisite = {
    api: GATEWAY,
    operator: "the Gateway API and a controller for it",
    install: `${install}, then the controller by its own documentation`,
    neededBy: `muster:${name}.ingress.gateway`,
  };
  if (!ingress.cors) return [gateway];
  const cors: Prerequisite = {
    api: CORS_FILTER,
    operator: "Gateway API 1.5 or newer",
    install,
    neededBy: `muster:${name}.ingress.cors`,
    dispensable: true,
  };
  return [gateway, cors];
}

function ofMonitoring({ name, monitoring, workloads }: SystemGraph): Prerequisite[] {
  const scraped = workloads.some((workload) => "metrics" in workload && workload.metrics);
  if (!monitoring || !scraped) return [];
  return [
    {
      api: "monitoring.coreos.com/v1",
      operator: "the Prometheus Operator",
      install:
        "helm install prometheus-operator oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack --namespace monitoring --create-namespace --set prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues=false",
      neededBy: `muster:${name}.monitoring`,
      dispensable: true,
    },
  ];
}

/**
 * The systems as the cluster can run them. Throws one error that names everything that is missing, before anything
 * is made; what can be done without is left out, and said. A cluster by its kubeconfig alone is a local one.
 */
export async function withPrerequisites<S extends Placed>(
  systems: readonly S[],
  cluster: Cluster,
): Promise<(S & { externalSecretsApi: string })[]> {
  const asked = systems.flatMap(prerequisitesOf);
  const served = asked.length > 0 ? await servedApis(cluster) : undefined;
  const { api, orElse } = EXTERNAL_SECRETS;
  const externalSecretsApi = served && !served.has(api) ? orElse : api;
  // A cluster that cannot be asked now is no reason to take away what is there: the provider will say what is wrong.
  if (!served) return systems.map((system) => ({ ...system, externalSecretsApi }));
  const missing = asked.filter(({ api, orElse = api }) => !served.has(api) && !served.has(orElse));
  // On a local cluster placeholders stand for what the operator would bring.
  const isLocal = cluster.kubeconfig !== undefined;
  const needed = missing.filter((each) => !each.dispensable && !(isLocal && each.api === api));
  if (needed.length > 0)
    throw new RunError(
      `The cluster lacks what the stack's config asks for; nothing was created or changed.\n\n${needed.map(paragraph).join("\n\n")}\n`,
    );
  const local = { install: `npm start -- --stack ${pulumi.getStack()}` };
  for (const each of missing)
    pulumi.log.warn(`left out: ${paragraph(isLocal && each.api === api ? { ...each, ...local } : each)}`);
  const placed = systems.map((system) => ({
    ...system,
    externalSecretsApi,
    declared: without(system.declared, served),
    secrets:
      served.has(externalSecretsApi) && !(isLocal && lacksAccount(system.secrets))
        ? system.secrets
        : withPlaceholders(system.secrets),
  }));
  await Promise.all(placed.map((system) => warnOfStores(system, cluster)));
  return placed;
}

/** A store that is not ready takes away nothing that is there, and this very run may mend it: no reason to stop. */
async function warnOfStores(
  { declared: { name, namespace }, secrets: { external } }: Placed,
  cluster: Cluster,
): Promise<void> {
  if (!external) return;
  // Who may not look at them is told nothing.
  const problems = await storeProblems(namespace, cluster).catch(() => []);
  if (problems.length === 0) return;
  const mend = external.token
    ? `the address, the items and their fields, and the token (pulumi config set --secret ${name}:${external.token})`
    : "that the Secret is there, with those keys";
  pulumi.log.warn(
    [
      `muster:${name}.secrets.external is not ready, as the External Secrets Operator says:`,
      ...problems.map((problem) => `    ${problem}`),
      `    What it has brought stays as it is. Check ${mend}.`,
    ].join("\n"),
  );
}

/** 1Password itself, which a service account reads, has no stand-in. */
function lacksAccount({ external, missing }: SecretSources): boolean {
  return external?.store.onepasswordServiceAccount !== undefined && missing.includes(external.token!);
}

function withPlaceholders({ external, ...secrets }: SecretSources): SecretSources {
  if (!external) return secrets;
  const missing = [...secrets.missing, ...Object.keys(external.keys)];
  return { ...secrets, missing: missing.filter((key) => key !== external.token) };
}

function without(declared: SystemGraph, served: ReadonlySet<string>): SystemGraph {
  const { monitoring, ingress } = declared;
  const lacksCors = ingress?.gateway && !served.has(CORS_FILTER);
  return {
    ...declared,
    monitoring: served.has("monitoring.coreos.com/v1") ? monitoring : undefined,
    ingress: lacksCors ? { ...ingress, cors: undefined } : ingress,
  };
}

function paragraph({ api, operator, install, neededBy }: Prerequisite): string {
  return [
    `${neededBy} needs ${operator}, which the cluster does not have (it serves no ${api}).`,
    `    Install it: ${install}`,
    `    Or take ${neededBy} out of the stack's file.`,
  ].join("\n");
}

/** The APIs of the cluster as `group/version`, and CORS_FILTER, through kubectl; undefined where it does not answer. */
async function servedApis(cluster: Cluster) {
  try {
    const found = await kubectl(["get", "--raw", "/apis"], cluster);
    const { groups } = JSON.parse(found) as { groups: { versions: { groupVersion: string }[] }[] };
    const served = new Set(
      groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion)),
    );
    const corsField = ["httproutes.spec.rules.filters.cors", "--api-version", GATEWAY];
    if (served.has(GATEWAY) && (await isKnown(kubectl(["explain", ...corsField], cluster))))
      served.add(CORS_FILTER);
    return served;
  } catch {
    return undefined;
  }
}

async function isKnown(explained: Promise<unknown>): Promise<boolean> {
  try {
    await explained;
    return true;
  } catch (error) {
    if (String(error).includes("does not exist")) return false;
    throw error;
  }
}
