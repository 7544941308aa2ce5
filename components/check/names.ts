import type { SystemDeclaration, SystemGraph, Workload } from "../declaration";
import { isPod } from "../pod-sources";
import type { Finding } from "./finding";

/** A system goes by one name: in config, with its secrets, and in the names of its resources. */
export function systemNameFindings({ name }: SystemDeclaration, inConfig = name): Finding[] {
  if (name === inConfig) return [];
  return [{ path: "name", message: `It is ${inConfig} in config, and not ${name}.`, accepts: inConfig }];
}

/** Objects of one kind need names of their own, and so do the pods that a selector is to find. */
export function nameFindings({ workloads, secrets, files, claims }: SystemGraph): Finding[] {
  const named = workloads.map(({ name }) => ({ name, what: `workload ${name}` }));
  const components = [...new Map(workloads.map((workload) => [workload.name, workload])).values()].map(
    ({ name, component = name }) => ({ name: component, what: `workload ${name}` }),
  );
  return [
    ...taken("workloads", "name", named),
    ...taken("workloads", "component", components),
    ...taken("secrets", "name", [
      ...secrets.map(({ name }) => ({ name, what: `Secret ${name}` })),
      ...workloads.filter(isServer).map(({ name }) => ({ name, what: `the password of ${name}` })),
    ]),
    ...taken("files", "name", [
      ...files.map(({ name }) => ({ name, what: `files ${name}` })),
      ...workloads.flatMap(ownFiles),
    ]),
    ...taken("claims", "name", [
      ...claims.map(({ name }) => ({ name, what: `claim ${name}` })),
      ...workloads
        .filter(isServer)
        .map(({ name }) => ({ name: `data-${name}-0`, what: `the data of ${name}` })),
    ]),
    ...workloads.flatMap(malformed),
    ...workloads.flatMap(paths),
  ];
}

function taken(
  where: string,
  property: string,
  all: readonly { readonly name: string; readonly what: string }[],
): Finding[] {
  return all.flatMap(({ name, what }, index) => {
    const first = all.slice(0, index).find((other) => other.name === name);
    if (!first) return [];
    const message = `"${name}" is the ${property} of both ${first.what} and ${what}.`;
    return [{ path: where, message, accepts: `a ${property} of its own for each` }];
  });
}

function isServer({ kind }: Workload): boolean {
  return kind === "redis" || kind === "postgresql";
}

/** The ConfigMaps that a workload has beside those that it mounts. */
function ownFiles({ kind, name }: Workload): { name: string; what: string }[] {
  const suffix = { redis: "config", postgresql: "setup", "job-template": "job" }[kind as string];
  return suffix ? [{ name: `${name}-${suffix}`, what: `the files of ${name}` }] : [];
}

// A Job's name ends with nine characters of a digest, and a headless Service with as many of its own.
const workloadName = /^[a-z](?:[-a-z0-9]{0,52}[a-z0-9])?$/;

function malformed({ name }: Workload): Finding[] {
  if (workloadName.test(name)) return [];
  return [
    {
      path: "workloads",
      message: `"${name}" cannot be the name of a workload.`,
      accepts: "at most 54 small letters, digits and hyphens, a letter first",
    },
  ];
}

/** Paths of one container. */
function paths(workload: Workload): Finding[] {
  if (!isPod(workload)) return [];
  const { name, mounts = [], writable = {} } = workload;
  const all = [...mounts.map(({ path }) => path), ...Object.keys(writable)];
  return all.flatMap((path, index) => {
    if (!path.startsWith("/"))
      return [{ path: `${name}.mounts`, message: `"${path}" is not an absolute path.`, accepts: "/…" }];
    if (all.indexOf(path) === index) return [];
    return [
      { path: `${name}.mounts`, message: `"${path}" is mounted twice.`, accepts: "one thing at each path" },
    ];
  });
}
