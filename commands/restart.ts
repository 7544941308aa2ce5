import { Command } from "commander";
import type { ApiServer } from "../cluster/api-server";
import { reach } from "../cluster/connect";
import { nearest } from "../config/values/scalar";
import { placeOf } from "../program";
import { declaredSystems } from "../systems";
import { command, Failure } from "../tools/failure";
import { stackConfig } from "../tools/stack-config";

new Command("restart")
  .description("Restarts a workload as it is, pod by pod, as a roll-out of a new version does.")
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .argument("<system/workload>", "such as thebot/backend")
  .action((workload: string, { stack }: { stack: string }) => command(() => restart(stack, workload)))
  .parse();

async function restart(stack: string, workload: string): Promise<void> {
  const config = stackConfig(stack);
  const running = declaredSystems(config).flatMap(({ declared: { name: system, namespace, workloads } }) =>
    workloads
      .filter(({ kind }) => kind !== "job" && kind !== "cron-job" && kind !== "job-template")
      .map(({ name }) => ({ path: `${system}/${name}`, namespace, name })),
  );
  const found = running.find(({ path }) => path === workload);
  if (!found) {
    const paths = running.map(({ path }) => path);
    throw new Failure(
      `${workload} does not run in stack ${stack}; the nearest is ${nearest(workload, paths)}. All: ${paths.join(", ")}.`,
    );
  }
  try {
    const { api } = await reach(placeOf(config));
    await roll(api, found);
  } catch (error) {
    throw new Failure(`${workload} was not restarted: ${(error as Error).message}`);
  }
  console.log(`${workload} restarts, pod by pod: npm run status -- --stack ${stack} --watch`);
}

/** What kubectl notes too, which the comparison with the cluster passes over. */
async function roll(api: ApiServer, { namespace, name }: { namespace: string; name: string }): Promise<void> {
  const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
  for (const kind of ["deployments", "statefulsets"]) {
    const path = `/apis/apps/v1/namespaces/${namespace}/${kind}/${name}`;
    if (await api.find(path))
      return void (await api.patch(path, { spec: { template: { metadata: { annotations } } } }));
  }
  throw new Failure(`There is no ${name} in namespace ${namespace}: \`pulumi up\` makes it.`);
}
