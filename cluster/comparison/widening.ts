import type { KubernetesObject } from "../api-server";
import type { DeclaredObject } from "./declared-objects";
import { listed, managerInWords, shortened, title } from "./in-words";
import type { LiveObjects, Place } from "./live-objects";
import { managersOf } from "./managed-fields";
import type { Recorded } from "./record";

/** An object that is not the stack's, and opens what the stack narrows: network policies and rights add up. */
export interface Widening {
  readonly live: KubernetesObject;
  /** What it opens, in words. */
  readonly opens: string;
}

const NETWORK_POLICIES = [
  { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
  { apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy" },
];
const RBAC = "rbac.authorization.k8s.io/v1";
const ROLE_BINDING = { apiVersion: RBAC, kind: "RoleBinding" };
const CLUSTER_ROLE_BINDING = { apiVersion: RBAC, kind: "ClusterRoleBinding" };

/** Where such objects are. */
export function wideningPlaces(declared: readonly DeclaredObject[]): Place[] {
  const inNamespaces = namespacesOf(declared).flatMap((namespace) =>
    [...NETWORK_POLICIES, ROLE_BINDING].map((kind) => ({ ...kind, namespace })),
  );
  return [...inNamespaces, CLUSTER_ROLE_BINDING];
}

export async function widenings(
  declared: readonly DeclaredObject[],
  live: LiveObjects,
  recorded: () => Promise<Recorded>,
): Promise<Widening[]> {
  const isDeclared = ({ kind, metadata }: KubernetesObject) =>
    declared.some(({ manifest }) => manifest.kind === kind && isSame(manifest.metadata, metadata));
  const found = namespacesOf(declared).flatMap((namespace) => [
    ...NETWORK_POLICIES.flatMap((kind) => live.all({ ...kind, namespace })).flatMap(openedByPolicy),
    ...live.all({ ...ROLE_BINDING, namespace }).flatMap((each) => grantedBy(each, declared)),
  ]);
  const everywhere = live.all(CLUSTER_ROLE_BINDING).flatMap((each) => grantedBy(each, declared));
  const others = [...found, ...everywhere].filter(({ live }) => !isDeclared(live));
  if (others.length === 0) return [];
  // What this very update removes is still the stack's own.
  const own = [...(await recorded()).values()] as readonly (Partial<KubernetesObject> | undefined)[];
  return others.filter(
    ({ live: { kind, metadata } }) =>
      !own.some((inputs) => inputs?.kind === kind && inputs?.metadata && isSame(inputs.metadata, metadata)),
  );
}

type Metadata = KubernetesObject["metadata"];

function isSame(one: Metadata, other: Metadata): boolean {
  return one.name === other.name && one.namespace === other.namespace;
}

function namespacesOf(declared: readonly DeclaredObject[]): string[] {
  return declared.flatMap(({ manifest: { kind, metadata } }) => (kind === "Namespace" ? metadata.name : []));
}

/** A policy without rules closes, one with rules opens. */
function openedByPolicy(live: KubernetesObject): Widening[] {
  const { ingress = [], egress = [], podSelector, endpointSelector } = live.spec ?? {};
  const { matchLabels = {}, matchExpressions = [] } = podSelector ?? endpointSelector ?? {};
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const pods = labels.length + matchExpressions.length === 0 ? "all pods" : `pods ${labels.join(",")}`;
  const opened = Object.entries({ in: ingress, out: egress }).flatMap(([direction, rules]) =>
    (rules as readonly object[]).length > 0 ? `${direction}: ${shortened(rules)}` : [],
  );
  return opened.length > 0 ? [{ live, opens: `lets traffic of ${pods} ${opened.join(", ")}` }] : [];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** What a binding gives the stack's own accounts. What OpenShift lets every project do is no right of theirs. */
function grantedBy(live: KubernetesObject, declared: readonly DeclaredObject[]): Widening[] {
  if (live.metadata.name === "system:image-pullers") return [];
  const accounts = declared.flatMap(({ manifest: { kind, metadata } }) =>
    kind === "ServiceAccount" ? `${metadata.namespace}:${metadata.name}` : [],
  );
  const whole = namespacesOf(declared);
  const isOurs = ({ kind, name, namespace = live.metadata.namespace }: Subject) => {
    if (kind === "ServiceAccount") return accounts.includes(`${namespace}:${name}`);
    if (kind === "Group") return whole.some((each) => name === `system:serviceaccounts:${each}`);
    return accounts.includes(name.replace("system:serviceaccount:", ""));
  };
  const given = ((live.subjects ?? []) as readonly Subject[]).filter(isOurs);
  if (given.length === 0) return [];
  const { kind, name } = live.roleRef;
  const where = live.kind === "ClusterRoleBinding" ? " in the whole cluster" : "";
  const who = given.map((subject) => `${subject.kind} ${subject.name}`).join(", ");
  return [{ live, opens: `gives ${who} the rights of ${kind} ${name}${where}` }];
}

/** What opens more than is declared; undefined where nothing does. */
export function widenedInWords(widened: readonly Widening[]): string | undefined {
  if (widened.length === 0) return undefined;
  return listed(
    "What is not the stack's own opens what the stack narrows; `pulumi up` leaves it, so look at it and remove it:",
    [
      ...widened.map(({ live, opens }) => {
        const by = managersOf(live).map(managerInWords).join(", ");
        return `${title(live)} ${opens}${by ? ` (${by})` : ""}`;
      }),
    ],
  );
}
