import type { ApiServer } from "../../cluster/api-server";
import { runJob } from "../../cluster/job-run";
import type { BackedUp } from "./backed-up";
import { backupsIn, sizeInWords } from "./in-words";

/** Backs up a server now, and tells in words what was made. */
export async function backUp(
  api: ApiServer,
  { namespace, cronJob }: BackedUp,
  say: (line: string) => void,
): Promise<string> {
  const begun = Date.now();
  const printed = await runJob(api, { namespace, cronJob }, say);
  const [made] = backupsIn(printed ?? [], "made");
  const took = `in ${Math.round((Date.now() - begun) / 1000)} s`;
  return made
    ? `made ${made.name}, ${sizeInWords(made)}, ${took}`
    : `made ${took}; how large it is cannot be told, since the log of its pod cannot be read`;
}
