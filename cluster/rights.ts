import type { KubernetesObject } from "./api-server";
import type { ReachedCluster } from "./connect";

/** What the user of a cluster may not do, of one kind in one namespace. */
export interface MissingRight {
  /** Resource as RBAC names it: `deployments.apps`. */
  readonly resource: string;
  /** Undefined for what is in no namespace. */
  readonly namespace?: string;
  readonly verbs: readonly string[];
}

interface Asked {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly verbs: readonly string[];
}

/** What an update does with the objects that it declares. */
const verbs = ["get", "list", "create", "patch", "delete"];

// What is looked at while a roll-out is waited for, and to say why it fails.
const watched = [
  { apiVersion: "v1", kind: "Pod" },
  { apiVersion: "v1", kind: "Event" },
  { apiVersion: "apps/v1", kind: "ReplicaSet" },
];

/** Asks the API server for every right that the objects of a stack take, and none beyond. */
export async function missingRights(
  declared: readonly KubernetesObject[],
  {
    api,
    kinds,
  }: Pick<ReachedCluster, "api"> & { readonly kinds: Pick<ReachedCluster["kinds"], "collection"> },
): Promise<{ readonly asked: number; readonly missing: readonly MissingRight[] }> {
  const namespaces = [...new Set(declared.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const all = [
    ...declared.map(({ apiVersion, kind, metadata: { namespace } }) => ({
      apiVersion,
      kind,
      namespace,
      verbs,
    })),
    ...namespaces.flatMap((namespace) =>
      watched.map((each) => ({ ...each, namespace, verbs: ["list", "watch"] })),
    ),
  ].flatMap(({ verbs, ...each }): Asked[] => {
    // A cluster without the kind lacks more than a right to it.
    const path = kinds.collection(each);
    return path === undefined ? [] : [{ ...resourceAt(path), namespace: each.namespace, verbs }];
  });
  const once = [
    ...new Map([...all, ...servers(declared)].map((each) => [JSON.stringify(each), each])).values(),
  ];
  const missing = await Promise.all(
    once.map(async ({ group, resource, subresource, namespace, verbs }) => {
      const allowed = await Promise.all(
        verbs.map(async (verb) => {
          const { status } = await api.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
            apiVersion: "authorization.k8s.io/v1",
            kind: "SelfSubjectAccessReview",
            spec: { resourceAttributes: { verb, group, resource, subresource, namespace } },
          });
          return status.allowed as boolean;
        }),
      );
      const refused = verbs.filter((_, index) => !allowed[index]);
      const whole = subresource ? `${resource}/${subresource}` : resource;
      const name = group ? `${whole}.${group}` : whole;
      return refused.length > 0 ? { resource: name, namespace, verbs: refused } : [];
    }),
  );
  return { asked: once.reduce((sum, { verbs }) => sum + verbs.length, 0), missing: missing.flat() };
}

/** Of a Redis or PostgreSQL, whose Secret has its name: it is told of a new password in its pod. */
function servers(declared: readonly KubernetesObject[]): Asked[] {
  const isServer = ({ metadata: { namespace, name } }: KubernetesObject) =>
    declared.some(
      ({ kind, metadata }) =>
        /^(StatefulSet|Deployment)$/.test(kind) && metadata.namespace === namespace && metadata.name === name,
    );
  return declared.flatMap((object) =>
    object.kind === "Secret" && isServer(object)
      ? [
          {
            group: "",
            resource: "pods",
            subresource: "exec",
            namespace: object.metadata.namespace,
            verbs: ["create"],
          },
        ]
      : [],
  );
}

/** `/apis/apps/v1/namespaces/shop/deployments`, `/api/v1/namespaces`. */
function resourceAt(path: string): { group: string; resource: string } {
  const parts = path.split("/");
  return { group: parts[1] === "apis" ? parts[2]! : "", resource: parts.at(-1)! };
}
