import { setTimeout } from "node:timers/promises";
import type { ApiServer } from "../../cluster/api-server";
import { isRolledOut } from "../../cluster/status/workload";
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
export async function stop(
  api: ApiServer,
  { namespace, server: { name } }: BackedUp,
  say: Say,
): Promise<void> {
  say(`${name} is stopped …`);
  await api.patch(setOf(namespace, name), { spec: { replicas: 0 } });
  while (await api.find(`/api/v1/namespaces/${namespace}/pods/${name}-0`)) await setTimeout(500);
}

/** Starts it, and comes back when it is ready. */
export async function start(
  api: ApiServer,
  { namespace, server: { name } }: BackedUp,
  say: Say,
): Promise<void> {
  say(`${name} is started …`);
  const set = setOf(namespace, name);
  await api.patch(set, { spec: { replicas: 1 } });
  while (!isRolledOut(await api.get(set))) await setTimeout(500);
}

function setOf(namespace: string, name: string): string {
  return `/apis/apps/v1/namespaces/${namespace}/statefulsets/${name}`;
}
