import { isDeepStrictEqual } from "node:util";
import type { SystemGraph, Workload } from "../declaration";
import { isExternal, kubernetesApi } from "../edge";
import type { IngressDeclaration } from "../ingress";
import { eachContainer, isPod, secretsOf } from "../pod-sources";
import type { PodDeclaration } from "../pod-template";
import { originOf, type SecretDeclaration } from "../secret";
import { type Finding, unknownName } from "./finding";

/** Whatever a declaration refers to has to be in it. */
export function referenceFindings({ workloads, ingress }: SystemGraph): Finding[] {
  const pods = workloads.filter(isPod).flatMap(eachContainer);
  return [
    ...astray([
      ...workloads.flatMap((workload) => startMentions(workload, workloads)),
      ...pods.flatMap((pod) => passwordMentions(pod, workloads)),
      ...routeMentions(workloads, ingress),
    ]),
    ...workloads.flatMap((workload) => otherwise(workload, workloads)),
    ...pods.flatMap((pod) => withoutEdge(pod, names(workloads))),
    ...pods.flatMap((pod) => withoutLogin(pod, workloads)),
    ...pods.flatMap(secretKeys),
    ...workloads.flatMap(dispatching),
    ...leadingNowhere(ingress),
  ];
}

/** A place that names a workload, and the names that would be right there. */
interface Mention {
  readonly path: string;
  readonly name: string;
  readonly what: string;
  readonly known: readonly string[];
}

/** The mentions of workloads that are not there, or of another kind: each workload once, with all its places. */
function astray(mentions: readonly Mention[]): Finding[] {
  const unknown = mentions.filter(({ name, known }) => !known.includes(name));
  return [...new Set(unknown.map(({ name }) => name))].map((name) => {
    const [first, ...more] = unknown.filter((mention) => mention.name === name);
    const { path, what, known } = first!;
    const finding = unknownName(path, name, what, known);
    const paths = [...new Set(more.map((mention) => mention.path))].filter((other) => other !== path);
    if (paths.length === 0) return finding;
    return { ...finding, message: `${finding.message} It is named by ${paths.join(", ")} too.` };
  });
}

function names(workloads: readonly Workload[]): string[] {
  return workloads.map(({ name }) => name);
}

function startMentions(workload: Workload, workloads: readonly Workload[]): Mention[] {
  const known = { what: "among the system's workloads", known: names(workloads) };
  const used = workload.uses.flatMap((edge) => (isExternal(edge) ? [] : edge.name));
  const after = "after" in workload ? (workload.after ?? []) : [];
  return [
    ...used.map((name) => ({ path: `${workload.name}.uses`, name, ...known })),
    ...after.map(({ name }) => ({ path: `${workload.name}.after`, name, ...known })),
  ];
}

/** An edge that differs from the workload of its name: a copy, made before that was complete. */
function otherwise(workload: Workload, workloads: readonly Workload[]): Finding[] {
  return workload.uses.flatMap((edge) => {
    const found = isExternal(edge) ? undefined : workloads.find(({ name }) => name === edge.name);
    if (!found || isExternal(edge)) return [];
    const { component, ports = {} } = found;
    if (isDeepStrictEqual({ ...edge.ports }, { ...ports }) && edge.component === component) return [];
    const message = `${edge.name} has other ports, or another component, than the workload of that name.`;
    return [{ path: `${workload.name}.uses`, message, accepts: "the workload itself" }];
  });
}

function passwordMentions(pod: PodDeclaration, workloads: readonly Workload[]): Mention[] {
  const known = {
    what: "a Redis or PostgreSQL among the system's workloads",
    known: names(workloads.filter(({ kind }) => kind === "redis" || kind === "postgresql")),
  };
  const read = Object.entries(pod.environment ?? {}).flatMap(([variable, value]) =>
    typeof value === "object" && "passwordOf" in value
      ? { path: `${pod.name}.environment.${variable}`, name: value.passwordOf.name, ...known }
      : [],
  );
  const composed = secretsOf(pod).flatMap((secret) =>
    Object.entries(secret.keys).flatMap(([key, value]) => {
      const { from } = originOf(key, value);
      return "password" in from ? { path: `${secret.name}.${key}`, name: from.password, ...known } : [];
    }),
  );
  return [...read, ...composed];
}

/** Who reads the password of a server means to reach it, which the network allows only by an edge. */
function withoutEdge(
  { name, environment = {}, uses }: PodDeclaration,
  workloads: readonly string[],
): Finding[] {
  const servers = Object.values(environment).flatMap((value): string[] => {
    if (typeof value === "string" || "field" in value) return [];
    if ("passwordOf" in value) return [value.passwordOf.name];
    const read = value.secret.keys[value.key];
    const from = read && originOf(value.key, read).from;
    return from && "password" in from ? [from.password] : [];
  });
  const used = uses.flatMap((edge) => (isExternal(edge) ? [] : edge.name));
  const missing = [...new Set(servers)].filter(
    (server) => workloads.includes(server) && !used.includes(server),
  );
  return missing.map((server) => ({
    path: `${name}.uses`,
    message: `It reads the password of ${server}, which it does not use: no network policy would let it there.`,
    accepts: `${server} among what it uses`,
  }));
}

/** The next password of a PostgreSQL is of another login. */
function withoutLogin(pod: PodDeclaration, workloads: readonly Workload[]): Finding[] {
  const servers = names(workloads.filter(({ kind }) => kind === "postgresql"));
  const alone = [
    ...Object.entries(pod.environment ?? {}).flatMap(([variable, value]) =>
      typeof value === "object" && "passwordOf" in value && value.user !== "superuser"
        ? [{ path: `${pod.name}.environment.${variable}`, server: value.passwordOf.name }]
        : [],
    ),
    ...secretsOf(pod).flatMap(({ name, keys }) =>
      Object.entries(keys).flatMap(([key, value]) => {
        const { from, text } = originOf(key, value);
        return "password" in from && !text?.loginOf
          ? [{ path: `${name}.${key}`, server: from.password }]
          : [];
      }),
    ),
  ];
  return alone
    .filter(({ server }) => servers.includes(server))
    .map(({ path, server }) => ({
      path,
      message: `It is the password of ${server} without its login, and a rotated password has another.`,
      accepts: "the URL that holds both (postgresqlUrl)",
    }));
}

function routeMentions(workloads: readonly Workload[], ingress?: IngressDeclaration): Mention[] {
  const known = {
    what: "a service among the system's workloads",
    known: names(workloads.filter(({ kind }) => kind === "service" || kind === "dispatcher")),
  };
  return (ingress?.hosts ?? []).flatMap(({ host, routes }) =>
    routes.map(({ path, to }) => ({ path: `ingress.${host}${path}`, name: to.name, ...known })),
  );
}

function secretKeys(pod: PodDeclaration): Finding[] {
  const read = Object.entries(pod.environment ?? {}).flatMap(([variable, value]) =>
    typeof value === "object" && "secret" in value
      ? key(`${pod.name}.environment.${variable}`, value.key, value.secret)
      : [],
  );
  const mounted = (pod.mounts ?? []).flatMap(({ path, from }) =>
    "secret" in from ? from.keys.flatMap((name) => key(`${pod.name}.mounts.${path}`, name, from.secret)) : [],
  );
  return [...read, ...mounted];
}

function key(path: string, name: string, secret: SecretDeclaration): Finding[] {
  const known = Object.keys(secret.keys);
  return known.includes(name) ? [] : [unknownName(path, name, `a key of Secret ${secret.name}`, known)];
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

function leadingNowhere(ingress?: IngressDeclaration): Finding[] {
  if (!ingress || ingress.hosts.some(({ routes }) => routes.length > 0)) return [];
  return [{ path: "ingress.hosts", message: "They lead nowhere.", accepts: "a host with a route" }];
}
