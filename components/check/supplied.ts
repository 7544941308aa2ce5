import type { SystemGraph } from "../declaration";
import { originOf } from "../secret";
import { type Finding, unknownName } from "./finding";

/** What a system's config knows of its secrets, and what a stack gives of them. */
export interface SuppliedNames {
  readonly known: readonly string[];
  readonly given: readonly string[];
}

/** A value that nobody can supply leaves pods waiting for it; one that nobody reads was given in vain. */
export function suppliedFindings(
  { secrets, workloads }: Pick<SystemGraph, "secrets" | "workloads">,
  { known, given }: SuppliedNames,
): Finding[] {
  const read = secrets.flatMap((secret) =>
    Object.entries(secret.keys).flatMap(([key, value]) => {
      const { from } = originOf(key, value);
      return "supplied" in from ? { path: `${secret.name}.${key}`, name: from.supplied } : [];
    }),
  );
  for (const workload of workloads)
    if ("ownPassword" in workload && workload.ownPassword)
      read.push({ path: `${workload.name}.ownPassword`, name: workload.ownPassword });
  const names = read.map(({ name }) => name);
  return [
    ...read
      .filter(({ name }) => !known.includes(name))
      .map(({ path, name }) => unknownName(path, name, "a secret of the system's config", known)),
    ...given
      .filter((name) => !names.includes(name))
      .map((name) => ({
        path: `secrets.${name}`,
        message: `The system's config asks for it, and no Secret that a workload reads has it.`,
        accepts: "a key of a Secret, read by a workload; or no such secret in config/",
      })),
  ];
}
