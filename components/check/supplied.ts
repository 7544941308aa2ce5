import type { SystemGraph } from "../declaration";
import { isPod } from "../pod-sources";
import { secretsRead } from "../pod-template";
import { originOf, type SecretDeclaration } from "../secret";
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
  const ownPasswords = workloads.flatMap((workload) =>
    "ownPassword" in workload && workload.ownPassword
      ? { path: `${workload.name}.ownPassword`, name: workload.ownPassword }
      : [],
  );
  const wanted = [...secrets.flatMap(suppliedKeys), ...ownPasswords];
  const read = new Set(workloads.filter(isPod).flatMap(secretsRead).map(pathOf));
  const used = wanted.filter(({ path }) => read.has(path) || ownPasswords.some((own) => own.path === path));
  return [
    ...wanted
      .filter(({ name }) => !known.includes(name))
      .map(({ path, name }) => unknownName(path, name, "a secret of the system's config", known)),
    ...given
      .filter((name) => !used.some((each) => each.name === name))
      .map((name) => ({
        path: `secrets.${name}`,
        message: "The system's config asks for it, and no workload reads it.",
        accepts: "a key of a Secret, read by a workload; or no such secret in config/",
      })),
  ];
}

/** The keys of a Secret whose values come from config, with their names there. */
function suppliedKeys({ name, keys }: SecretDeclaration) {
  return Object.entries(keys).flatMap(([key, value]) => {
    const { from } = originOf(key, value);
    return "supplied" in from ? { path: pathOf({ name, key }), name: from.supplied } : [];
  });
}

function pathOf({ name, key }: { name: string; key: string }): string {
  return `${name}.${key}`;
}
