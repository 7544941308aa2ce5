import type { ApiServer } from "../../cluster/api-server";
import { JobMayRun, runJob } from "../../cluster/job-run";
import type { BackedUp } from "../backup/backed-up";
import { dataOf, keptName, start, stop, volume } from "./stopped";

type Say = (line: string) => void;

/**
 * Restores a backup onto the volume of a Redis, which is stopped meanwhile, since it reads its volume when it starts.
 * Whatever becomes of that, it is started again, unless something may still write to its volume.
 */
export async function restoreOver(api: ApiServer, redis: BackedUp, from: string, say: Say): Promise<void> {
  const { name } = redis.server;
  // Whoever interrupts it would leave Redis stopped.
  let interrupts = 0;
  const interrupted = () => {
    interrupts += 1;
    if (interrupts === 1)
      return say(`It goes on until ${name} runs again. Interrupt it again to end it now.`);
    say(asItIsLeft(redis));
    process.exit(130);
  };
  process.on("SIGINT", interrupted);
  try {
    await restoredAndStarted(api, redis, from, say);
  } finally {
    process.off("SIGINT", interrupted);
  }
  say(`${name} runs on the restored data.`);
}

async function restoredAndStarted(api: ApiServer, redis: BackedUp, from: string, say: Say): Promise<void> {
  const { namespace, cronJob } = redis;
  const kept = keptName("appendonlydir");
  try {
    await stop(api, redis, say);
    say(`Backup ${from} is restored onto its volume …`);
    const args = ["restore", from, volume, kept];
    await runJob(api, { namespace, cronJob, args, mounts: dataOf(redis) }, say);
    say(`What it held is kept on the volume, as ${kept}.`);
  } catch (error) {
    if (error instanceof JobMayRun) throw new Error(`${error.message}\n${asItIsLeft(redis)}`);
    const { message } = error as Error;
    await start(api, redis, say).catch((also: Error) => {
      throw new Error(`${message}\n${also.message}`);
    });
    throw error;
  }
  await start(api, redis, say);
}

function asItIsLeft({ namespace, cronJob, server: { name } }: BackedUp): string {
  return `${name} may be stopped, and a Job ${cronJob}-… may write to its volume. When that has ended (kubectl get jobs -n ${namespace}): kubectl scale -n ${namespace} statefulset/${name} --replicas=1`;
}
