import type { SystemGraph, Workload } from "../../components/declaration";

/** What going back to another declaration does not bring back, or does beside it, a line each. */
export function beyondRollback(now: readonly SystemGraph[], then: readonly SystemGraph[]): string[] {
  const before = new Map(now.map((system) => [system.name, system]));
  const after = new Set(then.map(({ name }) => name));
  return [
    ...now
      .filter(({ name }) => !after.has(name))
      .map(({ name }) => `${name} did not run then: it is removed, but for its volumes.`),
    ...then.flatMap((system) => ofSystem(before.get(system.name), system)),
  ];
}

function ofSystem(now: SystemGraph | undefined, then: SystemGraph): string[] {
  const { name } = then;
  const [volumesNow, volumesThen] = [now, then].map((system) => new Map(system ? volumesOf(system) : []));
  const returning = [...volumesThen!].flatMap(([volume, size]) => {
    const current = volumesNow!.get(volume);
    if (current === undefined)
      return `${name}: volume ${volume} is in use again. What it held is there only if it was not deleted since.`;
    return current === size
      ? []
      : `${name}: volume ${volume} has ${current}, and had ${size}. A volume does not get smaller: set that size again where it was less.`;
  });
  const jobsNow = new Map(now?.workloads.filter(isJob).map((job) => [job.name, job.image]));
  const jobs = then.workloads.filter(isJob).flatMap((job) => {
    const image = jobsNow.get(job.name);
    return image === undefined || image === job.image
      ? []
      : `${name}: Job ${job.name} runs again, of ${job.image}. What it did of ${image} stays done: a migration is not taken back.`;
  });
  return [...returning, ...jobs];
}

function isJob(workload: Workload) {
  // That which only asks leaves nothing behind.
  return workload.kind === "job" && !workload.afterRollouts;
}

/** Volumes by name, with their size. */
function volumesOf({ claims, workloads }: SystemGraph): [string, string][] {
  const data = workloads.flatMap((workload): [string, string][] => {
    if (workload.kind === "postgresql") return [[`data-${workload.name}-0`, workload.storage.size]];
    if (workload.kind === "redis" && workload.persistence)
      return [[`data-${workload.name}-0`, workload.persistence.size]];
    return [];
  });
  return [...claims.map(({ name, size }): [string, string] => [name, size]), ...data];
}
