import { isDeepStrictEqual } from "node:util";
import type { SystemGraph, Workload } from "../declaration";
import { isExternal, kubernetesApi } from "../edge";
import type { IngressDeclaration } from "../ingress";
import { isPod, secretsOf } from "../pod-sources";
import type { PodDeclaration } from "../pod-template";
import { originOf, type SecretDeclaration } from "../secret";
import { type Finding, unknownName } from "./finding";

/** Whatever a declaration refers to has to be in it. */
export function referenceFindings({ workloads, ingress }: SystemGraph): Finding[] {
  return [
    ...workloads.flatMap((workload) => edges(workload, workloads)),
    ...workloads.flatMap((workload) => (isPod(workload) ? secretKeys(workload, workloads) : [])),
    ...workloads.flatMap(dispatching),
    ...routes(workloads, ingress),
  ];
}

function names(workloads: readonly Workload[]): string[] {
  return workloads.map(({ name }) => name);
}

function edges(workload: Workload, workloads: readonly Workload[]): Finding[] {
  const used = workload.uses.flatMap((edge) => {
    if (isExternal(edge)) return [];
    const path = `${workload.name}.uses`;
    const found = workloads.find(({ name }) => name === edge.name);
    if (!found) return [unknownName(path, edge.name, "among the system's workloads", names(workloads))];
    const { component, ports = {} } = found;
    if (isDeepStrictEqual({ ...edge.ports }, { ...ports }) && edge.component === component) return [];
    const message = `${edge.name} has other ports, or another component, than the workload of that name.`;
    return [{ path, message, accepts: "the workload itself" }];
  });
  const after = "after" in workload ? (workload.after ?? []) : [];
  const missing = after.filter(({ name }) => !names(workloads).includes(name));
  return [
    ...used,
    ...missing.map(({ name }) =>
      unknownName(`${workload.name}.after`, name, "among the system's workloads", names(workloads)),
    ),
  ];
}

function secretKeys(pod: PodDeclaration, workloads: readonly Workload[]): Finding[] {
  const servers = names(workloads.filter(({ kind }) => kind === "redis" || kind === "postgresql"));
  const read = Object.entries(pod.environment ?? {}).flatMap(([variable, value]) => {
    const path = `${pod.name}.environment.${variable}`;
    if (typeof value === "string" || "field" in value) return [];
    if ("passwordOf" in value) return server(path, value.passwordOf.name, servers);
    return key(path, value.key, value.secret);
  });
  const mounted = (pod.mounts ?? []).flatMap(({ path, from }) =>
    "secret" in from ? from.keys.flatMap((name) => key(`${pod.name}.mounts.${path}`, name, from.secret)) : [],
  );
  const composed = secretsOf(pod).flatMap((secret) =>
    Object.entries(secret.keys).flatMap(([name, value]) => {
      const { from } = originOf(name, value);
      return "password" in from ? server(`${secret.name}.${name}`, from.password, servers) : [];
    }),
  );
  return [...read, ...mounted, ...composed];
}

function key(path: string, name: string, secret: SecretDeclaration): Finding[] {
  const known = Object.keys(secret.keys);
  return known.includes(name) ? [] : [unknownName(path, name, `a key of Secret ${secret.name}`, known)];
}

function server(path: string, name: string, servers: readonly string[]): Finding[] {
  return servers.includes(name)
    ? []
    : [unknownName(path, name, "a Redis or PostgreSQL among the system's workloads", servers)];
}

/** Without these the first Job would be refused, at run time. */
function dispatching(workload: Workload): Finding[] {
  if (workload.kind !== "dispatcher") return [];
  const { name, uses, may } = workload;
  const creates = may.some(
    ({ apiGroup, resources, verbs }) =>
      apiGroup === "batch" && resources.includes("jobs") && verbs.includes("create"),
  );
  return [
    ...(uses.includes(kubernetesApi)
      ? []
      : [
          {
            path: `${name}.uses`,
            message: "A dispatcher creates its Jobs through the API server, which it does not use.",
            accepts: "kubernetesApi among what it uses",
          },
        ]),
    ...(creates
      ? []
      : [
          {
            path: `${name}.may`,
            message: "It may not create Jobs.",
            accepts: 'apiGroup "batch", resources ["jobs"], verbs ["create", …]',
          },
        ]),
  ];
}

function routes(workloads: readonly Workload[], ingress?: IngressDeclaration): Finding[] {
  if (!ingress) return [];
  const behind = names(workloads.filter(({ kind }) => kind === "service" || kind === "dispatcher"));
  const astray = ingress.hosts.flatMap(({ host, routes }) =>
    routes
      .filter(({ to }) => !behind.includes(to.name))
      .map(({ path, to }) =>
        unknownName(`ingress.${host}${path}`, to.name, "a service among the system's workloads", behind),
      ),
  );
  if (ingress.hosts.some(({ routes }) => routes.length > 0)) return astray;
  return [{ path: "ingress.hosts", message: "They lead nowhere.", accepts: "a host with a route" }];
}
