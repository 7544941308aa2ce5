import { kubectl } from "../../cluster/kubectl";
import { placeOf } from "../../program";
import { declaredSystems, type StackConfig } from "../../systems";
import type { StackInCluster } from "../drift/comparison";
import type { Finding } from "./finding";
import { shortLived } from "./probe/short-lived";
import { verdicts } from "./probe/verdicts";

/** What short-lived pods find out: what the cluster's network and its StorageClasses do, and not what they say. */
export async function probes(config: StackConfig, cluster: StackInCluster): Promise<Finding[]> {
  if (cluster.isLocal)
    return [{ what: "no pods were sent: those of the local cluster are simulated, and would prove nothing" }];
  const systems = declaredSystems(config).map(({ declared }) => declared);
  const claims = systems.flatMap((each) => each.claims).filter((each) => each.accessMode === "ReadWriteMany");
  const wanted = [...new Set(claims.map(({ storageClass }) => storageClass))];
  const { classes, findings } = await classesOf(wanted, cluster);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => interrupted.abort(new Error("It was interrupted.")));
  try {
    const { outcomes, left } = await shortLived(cluster, {
      stack: config.stack,
      image: systems.flatMap(({ smoke }) => smoke?.image ?? [])[0] ?? "curlimages/curl:8.16.0",
      placement: systems[0]?.placement ?? {},
      classes,
      settings: { network: config.cluster.network, userIds: config.cluster.userIds },
      // By a process of its own: what the cluster is asked through ends with the terminal's interrupt.
      remove: async (namespace) => {
        await kubectl(["delete", "namespace", namespace, "--ignore-not-found"], placeOf(config));
      },
      signal: interrupted.signal,
    });
    return [
      ...verdicts(outcomes, classes),
      ...findings,
      ...(left ? [{ what: "the probes' namespace is still there", mend: left }] : []),
    ];
  } catch (error) {
    return [...findings, { what: "the probes did not come to an end", mend: (error as Error).message }];
  }
}

/** Those that can be tried, and what is to be said of the others. */
export async function classesOf(
  wanted: readonly (string | undefined)[],
  { api }: Pick<StackInCluster, "api">,
): Promise<{ classes: readonly (string | undefined)[]; findings: readonly Finding[] }> {
  if (wanted.length === 0) return { classes: [], findings: [] };
  try {
    const all = await api.list("/apis/storage.k8s.io/v1/storageclasses");
    const isDefault = "storageclass.kubernetes.io/is-default-class";
    const keeps = (name: string | undefined) =>
      all.some(
        ({ metadata, reclaimPolicy }) =>
          reclaimPolicy === "Retain" &&
          (name === undefined ? metadata.annotations?.[isDefault] === "true" : metadata.name === name),
      );
    return {
      classes: wanted.filter((name) => !keeps(name)),
      findings: wanted.filter(keeps).map((name) => ({
        what: `StorageClass ${name ?? "of the cluster's default"} was not tried: it keeps a volume (reclaimPolicy Retain), and one would stay behind`,
      })),
    };
  } catch (error) {
    const mend = `Which of them keep their volumes is not known, and such a volume would stay behind: ${(error as Error).message.trim()}`;
    return {
      classes: [],
      findings: [{ what: "StorageClasses could not be listed, and none was tried", mend }],
    };
  }
}
