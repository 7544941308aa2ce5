import type { ApiServer } from "../../cluster/api-server";
import { reach } from "../../cluster/connect";
import type { BackedUpServer } from "../../components/backup";
import { placeOf } from "../../program";
import { declaredSystems } from "../../systems";
import { Failure } from "../../tools/failure";
import { stackConfig } from "../../tools/stack-config";

/** A server that is backed up, and by what. */
export interface BackedUp {
  readonly system: string;
  readonly namespace: string;
  readonly server: BackedUpServer;
  readonly cronJob: string;
  /** Whether its backups are copied to a bucket too. */
  readonly hasBucket: boolean;
}

/** Those of a stack, or of one system of it, by its file; and the API server of its cluster. */
export async function backedUpServers(
  stack: string,
  system?: string,
): Promise<{ api: ApiServer; all: readonly BackedUp[] }> {
  const config = stackConfig(stack);
  const systems = declaredSystems(config).map(({ declared }) => declared);
  if (system !== undefined && !systems.some(({ name }) => name === system))
    throw new Failure(
      `${system} does not run in stack ${stack}. What runs: ${systems.map(({ name }) => name).join(", ")}.`,
    );
  const all = systems
    .filter(({ name }) => system === undefined || name === system)
    .flatMap(({ name, namespace, workloads }) =>
      workloads.flatMap((workload): BackedUp[] => {
        const server = workloads.find(
          (each): each is BackedUpServer =>
            (each.kind === "postgresql" || each.kind === "redis") && workload.name === `${each.name}-backup`,
        );
        return workload.kind === "cron-job" && server
          ? [
              {
                system: name,
                namespace,
                server,
                cronJob: workload.name,
                hasBucket: workload.initContainers !== undefined,
              },
            ]
          : [];
      }),
    );
  if (all.length === 0)
    throw new Failure(
      `Nothing is backed up in stack ${stack}${system ? `, system ${system}` : ""}. Switch it on, then update: npm run set -- --stack ${stack} ${system ?? "thebot"}.backup.keep=7`,
    );
  try {
    const { api } = await reach(placeOf(config));
    return { api, all };
  } catch (error) {
    throw new Failure(`The cluster of stack ${stack} does not answer: ${(error as Error).message}`);
  }
}
