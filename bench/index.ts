import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCluster } from "../tools/cluster";
import { pulumiEnvironment, variablesOf } from "../tools/environment";
import { root } from "../tools/places";
import { say } from "../tools/progress";
import { toolchain } from "../tools/toolchain";
import { type Cost, measure, median, type Place } from "./measure";
import { objectsIn, render, writeChart } from "./objects";
import { createProject, setImage } from "./project";
import { chart, table } from "./report";

export interface BenchArgs {
  readonly rounds: number;
  readonly copies: readonly number[];
  readonly write: boolean;
}

/** Measures everything in turn, round by round, and prints the table. */
export async function bench({ rounds, copies, write }: BenchArgs): Promise<void> {
  const programs = await toolchain([
    "pulumi",
    "cluster",
    "kwok",
    "provider-kubernetes",
    "provider-random",
    "helm",
  ]);
  const directory = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const cluster = await startCluster({ directory: join(directory, "bench-cluster"), nodes: 10, programs });
  const cleanUp = async () => {
    await cluster.delete();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => cleanUp().finally(() => process.exit(130)));
  try {
    const { kubeconfig } = cluster;
    const env = {
      ...variablesOf(pulumiEnvironment({ directory, kubeconfig, programs })),
      HOME: directory,
      PULUMI_OPTION_NON_INTERACTIVE: "true",
    };
    const costs = new Costs();
    const muster = await createProject(join(directory, "muster"), "index.ts", env);
    for (let round = 1; round <= rounds; round++) {
      say(`Round ${round} of ${rounds}`);
      await measureRound(costs, muster, directory);
    }
    if (copies.length > 0) {
      const many = await createProject(join(directory, "many"), "bench/copies/index.ts", env);
      for (const count of copies) await measureCopies(costs, many, count, Math.min(rounds, 3));
    }
    const medians = costs.medians();
    console.log(table(medians, rounds));
    if (write) {
      writeFileSync(
        join(root, "docs/benchmark.md"),
        `# Benchmark\n\nWritten by \`npm run bench -- --write\`.\n\n![Seconds per command](images/benchmark.svg)\n\n${table(medians, rounds)}\n`,
      );
      writeFileSync(join(root, "docs/images/benchmark.svg"), chart(medians));
    }
  } finally {
    await cleanUp();
  }
}

class Costs {
  private readonly all = new Map<string, Cost[]>();

  async add(what: string, command: readonly string[], place: Place, accepted?: number[]): Promise<void> {
    const cost = await measure(command, place, accepted);
    say(`  ${what}: ${cost.wall.toFixed(1)} s`);
    this.all.set(what, [...(this.all.get(what) ?? []), cost]);
  }

  medians(): Map<string, Cost> {
    return new Map([...this.all].map(([what, costs]) => [what, median(costs)]));
  }
}

const up = ["pulumi", "up", "--yes", "--skip-preview"];
const [before, after] = ["agentsmith-dispatcher:latest", "agentsmith-dispatcher:next"];

async function measureRound(costs: Costs, muster: Place, directory: string): Promise<void> {
  await setImage(muster, before);
  await costs.add("muster: first up", up, muster);
  const from = "agentsmith-bench";
  const objects = await objectsIn(from, muster);
  await costs.add("muster: preview", ["pulumi", "preview"], muster);
  await costs.add("muster: unchanged up", up, muster);
  await costs.add("muster: unchanged up with preview", ["pulumi", "up", "--yes"], muster);
  await setImage(muster, after);
  await costs.add("muster: image changed", up, muster);
  await costs.add("muster: destroy", ["pulumi", "destroy", "--yes", "--skip-preview"], muster);

  const helm = { cwd: directory, env: muster.env };
  const system = join(directory, "chart");
  const namespace = ["system", system, "--namespace", "by-helm"];
  writeChart(system, render(objects, { from, to: "by-helm" }, before));
  await costs.add("helm: install", ["helm", "install", ...namespace, "--create-namespace", "--wait"], helm);
  await costs.add("helm: unchanged upgrade", ["helm", "upgrade", ...namespace], helm);
  writeChart(system, render(objects, { from, to: "by-helm" }, after));
  await costs.add("helm: image changed", ["helm", "upgrade", ...namespace, "--wait"], helm);
  const uninstall = ["helm", "uninstall", "system", "--namespace", "by-helm", "--wait"];
  await costs.add("helm: uninstall", uninstall, helm);

  const file = join(directory, "objects.yaml");
  const home = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "by-kubectl" } });
  writeFileSync(file, `${home}\n---\n${render(objects, { from, to: "by-kubectl" }, before)}`);
  const apply = `kubectl apply --server-side -f ${file}`;
  const ready = `${apply} && for w in $(kubectl get deployments,statefulsets -n by-kubectl -o name); do kubectl rollout status -n by-kubectl $w; done`;
  await costs.add("kubectl: first apply", ["sh", "-c", ready], helm);
  await costs.add("kubectl: diff", ["kubectl", "diff", "--server-side", "-f", file], helm, [0, 1]);
  await costs.add("kubectl: unchanged apply", ["sh", "-c", apply], helm);
  await costs.add("kubectl: delete", ["kubectl", "delete", "-f", file], helm);
  await measure(["kubectl", "delete", "namespace", "by-helm"], helm);
}

async function measureCopies(costs: Costs, place: Place, count: number, rounds: number): Promise<void> {
  const many = { ...place, env: { ...place.env, BENCH_COPIES: `${count}` } };
  await costs.add(`${count} copies: first up`, up, many);
  for (let round = 0; round < rounds; round++) {
    await costs.add(`${count} copies: preview`, ["pulumi", "preview"], many);
    await costs.add(`${count} copies: unchanged up`, up, many);
  }
}
