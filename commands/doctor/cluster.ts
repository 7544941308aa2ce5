import { inTheWay } from "../../cluster/comparison/report";
import { type MissingRight, missingRights } from "../../cluster/rights";
import { inText, isAsDeclared, type StackInCluster } from "../drift/comparison";
import type { Finding } from "./finding";

/** Whether a cluster has what a stack takes: versions, rights, what others bring, room; and has it as declared. */
export async function cluster(stack: string, reached: StackInCluster): Promise<Finding[]> {
  const [version, { asked, missing }, compared] = await Promise.all([
    reached.api.get("/version"),
    missingRights(reached.manifests, reached),
    reached.compare(),
  ]);
  const lacks = compared.lacking.map(
    ({ what, neededBy, mend }): Finding => ({
      what: `it lacks ${what}`,
      mend: `For ${some(neededBy)}: ${mend}.`,
    }),
  );
  const hidden = compared.unchecked.length;
  return [
    { what: `it answers: Kubernetes ${version.gitVersion}` },
    ...(missing.length === 0
      ? [{ what: `its user has all ${asked} rights that the stack takes` }]
      : rights(missing)),
    ...(lacks.length === 0 ? [{ what: "it has what the stack needs, and room for it at its most" }] : lacks),
    ...(hidden > 0
      ? [
          {
            what: `${hidden} things could not be looked at, for want of rights`,
            mend: `Which: npm run drift -- --stack ${stack}`,
          },
        ]
      : []),
    isAsDeclared(compared)
      ? { what: "what is there is as declared" }
      : {
          what: "it is not as declared",
          // What stops an update says itself what mends it.
          mend: [
            inText(compared),
            ...(inTheWay(compared).length > 0 ? [] : [`Bring it back: pulumi up --stack ${stack}`]),
          ].join("\n"),
        },
  ];
}

function some(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}

/** What its user lacks, by verbs, with the command that makes a role of it. */
function rights(missing: readonly MissingRight[]): Finding[] {
  const groups = new Map<string, MissingRight[]>();
  for (const each of missing) {
    const key = `${each.namespace === undefined} ${each.verbs.join(",")}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((all) => {
    const [{ verbs, namespace }] = all as [MissingRight];
    const resources = distinct(all.map(({ resource }) => resource));
    const where = namespace && ` in ${distinct(all.flatMap(({ namespace }) => namespace ?? [])).join(", ")}`;
    const role = `--verb=${verbs.join(",")} --resource=${resources.join(",")}`;
    return {
      what: `its user may not ${verbs.join(", ")} ${resources.join(", ")}${where ?? ""}`,
      mend: `Whoever runs the cluster makes a role of it and binds it to the user${where ?? ""}: kubectl create clusterrole NAME ${role}`,
    };
  });
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
