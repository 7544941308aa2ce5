import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { Cluster } from "../tools/cluster";
import { command } from "../tools/failure";
import { clusterDirectory, testClusters } from "../tools/local";
import { state } from "../tools/places";

new Command("stop")
  .description("Stops this checkout's local cluster; its data stays, and `npm start` goes on with it.")
  .option("--delete", "removes the cluster, and with it the local stacks, their state and their secrets")
  .action((options: { delete?: boolean }) => command(() => stop(options.delete ?? false)))
  .parse();

async function stop(remove: boolean): Promise<void> {
  if (!existsSync(state)) {
    console.log("There is no local cluster.");
    return;
  }
  const clusters = [clusterDirectory, ...keptByTests()].map((directory) => new Cluster(directory));
  if (!remove) {
    for (const cluster of clusters) await cluster.stop();
    console.log("The local cluster is stopped; `npm start` goes on with it.");
    return;
  }
  for (const cluster of clusters) await cluster.delete();
  rmSync(state, { recursive: true, force: true });
  console.log(
    `Removed: the local cluster with all that ran in it, and the local stacks' state and secrets (${state}).`,
  );
}

/** The clusters that `npm test -- --keep` left. */
function keptByTests(): string[] {
  return existsSync(testClusters) ? readdirSync(testClusters).map((name) => join(testClusters, name)) : [];
}
