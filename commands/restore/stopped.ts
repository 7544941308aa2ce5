import { setTimeout } from "node:timers/promises";
import type { ApiServer } from "../../cluster/api-server";
import { reasonsInWords } from "../../cluster/status/in-words";
import { namespaceObjects, podKinds } from "../../cluster/status/namespace-objects";
import { isRolledOut, workloadStatus } from "../../cluster/status/workload";
import { triedAgain } from "../../cluster/tried-again";
import type { BackedUp } from "../backup/backed-up";

type Say = (line: string) => void;

/** Where the volume of a stopped server is mounted in the pod that works on it. */
export const volume = "/restored";

/** The claim of a server's volume, mounted there. */
export function dataOf({ server: { name } }: BackedUp) {
  return { claim: `data-${name}-0`, path: volume };
}

/** The name under which something is kept from now on. */
export function keptName(name: string): string {
  return `${name}.until-${new Date().toISOString().replace(/\D/g, "")}`;
}

/** Stops a server, and comes back when its pod is gone. */
export async function stop(api: ApiServer, { namespace, server }: BackedUp, say: Say): Promise<void> {
  const { name } = server;
  say(`${name} is stopped …`);
  await scaled(api, { namespace, name, to: 0, what: `${name} has not stopped` }, async () => {
    return !(await api.find(`/api/v1/namespaces/${namespace}/pods/${name}-0`));
  });
}

/** Starts it, and comes back when it is ready. */
export async function start(api: ApiServer, { namespace, server }: BackedUp, say: Say): Promise<void> {
  const { name } = server;
  say(`${name} is started …`);
  await scaled(api, { namespace, name, to: 1, what: `${name} is not ready` }, async () => {
    return isRolledOut(await api.get(setOf(namespace, name)));
  });
}

interface Scaling {
  readonly namespace: string;
  readonly name: string;
  readonly to: number;
  /** What is said where it takes too long. */
  readonly what: string;
}

/** As long as a roll-out of it may take. An API server that fails is asked for a minute. */
async function scaled(
  api: ApiServer,
  { namespace, name, to, what }: Scaling,
  isDone: () => Promise<boolean>,
): Promise<void> {
  const set = setOf(namespace, name);
  const { metadata } = await triedAgain(() => api.patch(set, { spec: { replicas: to } }), 30);
  const seconds = Number(metadata?.annotations?.["pulumi.com/timeoutSeconds"] ?? 600);
  const deadline = Date.now() + seconds * 1000;
  while (!(await triedAgain(isDone, 30))) {
    if (Date.now() > deadline) {
      const objects = await namespaceObjects(api, namespace, podKinds);
      const reasons = reasonsInWords(workloadStatus(await api.get(set), objects));
      throw new Error([`${what} after ${seconds} s.`, ...reasons].join("\n"));
    }
    await setTimeout(500);
  }
}

function setOf(namespace: string, name: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/statefulsets/${name}`;
}
