import * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import type { ClusterNetwork } from "../components/cluster-network";
import type { SystemGraph } from "../components/declaration";
import { kueueApi } from "../components/job-queue";
import type { SecretSources } from "../components/secret-sources";
import type { ReachedCluster } from "./connect";
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

/** A system, and where its secrets come from. */
interface Placed {
  readonly declared: SystemGraph;
  readonly secrets: SecretSources;
}

function prerequisitesOf({ declared, secrets }: Placed): Prerequisite[] {
  return [
    ...ofMonitoring(declared),
    ...ofGateway(declared),
    ...ofSecrets(declared, secrets),
    ...ofQueues(declared),
  ];
}

function ofQueues({ name, workloads }: SystemGraph): Prerequisite[] {
  if (!workloads.some((workload) => workload.kind === "job-template" && workload.queue)) return [];
  return [
    {
      api: kueueApi,
      operator: "Kueue 0.15 or newer",
      install:
        "helm install kueue oci://registry.k8s.io/kueue/charts/kueue --version 0.17.0 --namespace kueue-system --create-namespace",
      neededBy: `muster:${name}, queue`,
    },
  ];
}

// Some clusters serve the API without these kinds of it.
const CILIUM_POLICIES = "CiliumNetworkPolicy of cilium.io/v2";
const RULES = "PrometheusRule of monitoring.coreos.com/v1";
const kindsServed: Readonly<Record<string, { readonly apiVersion: string; readonly kind: string }>> = {
  [CILIUM_POLICIES]: { apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy" },
  [RULES]: { apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule" },
};

function ofNetwork(network: ClusterNetwork | undefined): Prerequisite[] {
  if (!network?.cilium) return [];
  return [
    {
      api: CILIUM_POLICIES,
      operator: "Cilium",
      install: "https://docs.cilium.io/en/stable/gettingstarted/k8s-install-default",
      neededBy: "muster:cluster.network.cilium",
    },
  ];
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

const MONITORING = "monitoring.coreos.com/v1";

function ofMonitoring({ name, monitoring }: SystemGraph): Prerequisite[] {
  if (!monitoring) return [];
  const operator = {
    operator: "the Prometheus Operator",
    install:
      "helm install prometheus-operator oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack --namespace monitoring --create-namespace --set prometheus.prometheusSpec.serviceMonitorSelectorNilUsesHelmValues=false --set prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues=false",
    neededBy: `muster:${name}.monitoring`,
    dispensable: true,
  } as const;
  return [
    { api: MONITORING, ...operator },
    { api: RULES, ...operator, operator: "the PrometheusRules of the Prometheus Operator for its alerts" },
  ];
}

/** What config asks of a cluster. */
interface Asked<S> {
  readonly systems: readonly S[];
  readonly network: ClusterNetwork | undefined;
}

/**
 * The systems and the network as the cluster can have them. Throws one error that names everything that is missing,
 * before anything is made; what can be done without is left out, and said. On a local cluster placeholders stand for
 * what an operator would bring. A cluster that cannot be asked now takes nothing away.
 */
export async function withPrerequisites<S extends Placed>(
  { systems, network }: Asked<S>,
  cluster: ReachedCluster | undefined,
): Promise<Asked<S & { externalSecretsApi: string }>> {
  const { api, orElse } = EXTERNAL_SECRETS;
  const externalSecretsApi = cluster && !cluster.kinds.serve(api) ? orElse : api;
  // Locally no policy is enforced.
  const asked = [...systems.flatMap(prerequisitesOf), ...ofNetwork(cluster?.isLocal ? undefined : network)];
  if (!cluster || asked.length === 0)
    return {
      systems: systems.map((system) => ({ ...system, externalSecretsApi })),
      network: cluster?.isLocal ? withoutCilium(network) : network,
    };
  const { isLocal } = cluster;
  const servesCors =
    asked.some((each) => each.api === CORS_FILTER) && (await hasCorsFilter(cluster).catch(() => true));
  const serves = (name: string) => {
    if (name === CORS_FILTER) return servesCors;
    const kind = kindsServed[name];
    return kind ? cluster.kinds.collection(kind) !== undefined : cluster.kinds.serve(name);
  };
  const missing = asked.filter(
    ({ api, orElse = api }) => !serves(api) && !serves(orElse) && (api !== RULES || serves(MONITORING)),
  );
  const needed = missing.filter((each) => !each.dispensable && !(isLocal && each.api === api));
  // What the local cluster has, `npm start` brings.
  const told = (each: Prerequisite) =>
    paragraph(
      isLocal && [api, kueueApi].includes(each.api)
        ? { ...each, install: `npm start -- --stack ${pulumi.getStack()}` }
        : each,
    );
  if (needed.length > 0)
    throw new RunError(
      `The cluster lacks what the stack's config asks for; nothing was created or changed.\n\n${needed.map(told).join("\n\n")}\n`,
    );
  for (const each of missing) pulumi.log.warn(`left out: ${told(each)}`);
  const placed = systems.map((system) => ({
    ...system,
    externalSecretsApi,
    declared: without(system.declared, serves),
    secrets:
      serves(externalSecretsApi) && !(isLocal && lacksAccount(system.secrets))
        ? system.secrets
        : withPlaceholders(system.secrets),
  }));
  await Promise.all(placed.map((system) => warnOfStores(system, cluster)));
  return { systems: placed, network: isLocal ? withoutCilium(network) : network };
}

type Served = Placed & { readonly externalSecretsApi: string };

/** A store that is not ready takes away nothing that is there, and this very run may mend it: no reason to stop. */
async function warnOfStores(
  { declared: { name, namespace }, secrets: { external }, externalSecretsApi }: Served,
  cluster: ReachedCluster,
): Promise<void> {
  if (!external) return;
  // Who may not look at them is told nothing.
  const problems = await storeProblems(namespace, cluster, externalSecretsApi).catch(() => []);
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

function withoutCilium(network: ClusterNetwork | undefined): ClusterNetwork | undefined {
  return network && { ...network, cilium: false };
}

function without(declared: SystemGraph, serves: (api: string) => boolean): SystemGraph {
  const { monitoring, ingress } = declared;
  const lacksCors = ingress?.gateway && !serves(CORS_FILTER);
  return {
    ...declared,
    monitoring: monitoring && serves(MONITORING) ? { ...monitoring, takesRules: serves(RULES) } : undefined,
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

/** Whether the cluster's HTTPRoutes know a filter for CORS, by the schema that it publishes. */
async function hasCorsFilter({ api, kinds }: ReachedCluster): Promise<boolean> {
  if (!kinds.serve(GATEWAY)) return false;
  const { components } = (await api.get(`/openapi/v3/apis/${GATEWAY}`)) as unknown as {
    components: { schemas: Readonly<Record<string, Schema>> };
  };
  const route = Object.entries(components.schemas).find(([name]) => name.endsWith(".HTTPRoute"))?.[1];
  const way = ["spec", "rules", "filters", "cors"];
  return (
    way.reduce<Schema | undefined>((at, field) => (at?.items ?? at)?.properties?.[field], route) !== undefined
  );
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}
