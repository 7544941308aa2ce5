import type { SystemDeclaration, Workload } from "../declaration";
import type { Finding } from "./finding";

const ofPods = ["imagePullSecrets", "placement"];
const ofOwnPods = ["image", "user", "resources", "uses", ...ofPods];
const ofServers = ["image", "resources", "probes", ...ofPods];

/** What a workload of each kind has to say. The types ask for it too, but nothing checks types before a preview. */
const needed: Readonly<Record<Workload["kind"], readonly string[]>> = {
  service: [...ofOwnPods, "ports", "scale"],
  worker: [...ofOwnPods, "scale"],
  job: [...ofOwnPods, "activeDeadlineSeconds", "backoffLimit"],
  "cron-job": [...ofOwnPods, "schedule", "activeDeadlineSeconds"],
  dispatcher: [...ofOwnPods, "ports", "scale", "spawns", "may"],
  "job-template": [...ofOwnPods, "ttlSecondsAfterFinished", "activeDeadlineSeconds", "maxRunning"],
  redis: ofServers,
  postgresql: ofServers,
};

/** What is left out of a declaration: nothing else can be said of it before that is there. */
export function completenessFindings({ workloads }: Pick<SystemDeclaration, "workloads">): Finding[] {
  const spawned = workloads.flatMap((workload) =>
    workload.kind === "dispatcher" ? (workload.spawns ?? []) : [],
  );
  return [...new Set([...workloads, ...spawned])].flatMap((workload) => {
    const left = needed[workload.kind].filter((key) => workload[key as keyof Workload] === undefined);
    if (left.length === 0) return [];
    const accepts = left.some((key) => ofPods.includes(key))
      ? "every one of them; what operators say of pods comes from config, by ...podOptions(config.<workload>)"
      : "every one of them";
    return [{ path: workload.name, message: `It does not say its ${left.join(", ")}.`, accepts }];
  });
}
