import type { ApiServer } from "../../cluster/api-server";
import { runJob } from "../../cluster/job-run";
import type { BackedUp } from "../backup/backed-up";
import { dataOf, keptName, start, stop, volume } from "./stopped";

/**
 * Restores a backup onto the volume of a Redis, which is stopped meanwhile, since it reads its volume when it starts.
 * Whatever becomes of that, it is started again.
 */
export async function restoreOver(
  api: ApiServer,
  redis: BackedUp,
  from: string,
  say: (line: string) => void,
): Promise<void> {
  const { namespace, cronJob, server } = redis;
  const kept = keptName("appendonlydir");
  // Whoever interrupts it would leave Redis stopped.
  const goOn = () => say(`It goes on until ${server.name} runs again.`);
  process.on("SIGINT", goOn);
  try {
    await stop(api, redis, say);
    say(`Backup ${from} is restored onto its volume …`);
    const args = ["restore", from, volume, kept];
    await runJob(api, { namespace, cronJob, args, mounts: dataOf(redis) }, say);
    say(`What it held is kept on the volume, as ${kept}.`);
  } finally {
    await start(api, redis, say);
    process.off("SIGINT", goOn);
  }
  say(`${server.name} runs on the restored data.`);
}
