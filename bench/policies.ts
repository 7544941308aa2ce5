import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { declaredResources } from "../components/declared-resources";
import { rules } from "../policies/rules";
import { programOf } from "../program";
import { root } from "../tools/places";
import { stackConfig } from "../tools/stack-config";
import { measure } from "./measure";
import { type Asked, PackProcess } from "./pack-process";

/** What the policy pack may cost, each figure at most. */
const targets = { start: 1, resource: 3, ratio: 1.3, command: 2 };

/** Measures the policy pack by itself: as the engine asks it, and `npm run policy`. It needs no cluster. */
export async function benchPolicies({ rounds }: { readonly rounds: number }): Promise<void> {
  const resources = copies(await shipped("prod"), 2000);
  const ids = Object.values(rules)
    .flat()
    .filter(({ level }) => level !== "disabled")
    .map(({ id }) => id);
  // Six of all sorts.
  const others = ids.filter((_, index) => index % Math.ceil(ids.length / 6) !== 0);
  const [starts, ofAll, ofSix, commands]: number[][] = [[], [], [], []] as number[][];
  for (let round = 0; round < rounds; round++) {
    for (const [disabled, costs] of [
      [[], ofAll],
      [others, ofSix],
    ] as const) {
      const pack = await PackProcess.start();
      starts!.push(pack.started);
      const cpu = await pack.judge(resources, disabled).finally(() => pack.stop());
      costs!.push((cpu * 1000) / resources.length);
    }
    commands!.push(await secondsOfCommand(resources.slice(0, 1000)));
  }
  const [resource, ofSixRules] = [median(ofAll!), median(ofSix!)];
  const line = (what: string, value: number, unit: string, most: number) =>
    `| ${what} | ${value.toFixed(2)}${unit} | ${most}${unit} | ${value <= most ? "met" : "missed"} |`;
  console.log(
    [
      `${ids.length} rules, ${resources.length} resources of stack prod, rounds: ${rounds}; medians. ${cpus().length} processors, Node.js ${process.versions.node}.`,
      "",
      "| | measured | target: at most | |",
      "|---|--:|--:|---|",
      line("start of the pack, until it answers", median(starts!), " s", targets.start),
      line("CPU time for a resource", resource, " ms", targets.resource),
      line(`${ids.length} rules / six rules, CPU time`, resource / ofSixRules, "", targets.ratio),
      line("`npm run policy` of 1,000 objects", median(commands!), " s", targets.command),
    ].join("\n"),
  );
}

/** What a stack declares on Kubernetes. */
async function shipped(stack: string): Promise<Asked[]> {
  const { run } = await programOf(stackConfig(stack), undefined);
  const declared = await declaredResources({ project: "muster", stack }, () => void run([]));
  return declared.filter(({ type, custom }) => custom && type.startsWith("kubernetes:"));
}

/** So many resources or some more: the same again and again, each time in other namespaces and for other hosts. */
function copies(resources: readonly Asked[], count: number): Asked[] {
  const length = resources.length * Math.ceil(count / resources.length);
  return Array.from({ length }, (_, index) => {
    const { urn, type, name, inputs } = resources[index % resources.length]!;
    const copy = Math.floor(index / resources.length);
    const text = JSON.stringify(inputs)
      .replace(/("namespace":"[^"]+)"/g, `$1-${copy}"`)
      .replace(/("host":")/g, `$1copy-${copy}.`);
    return { urn: `${urn}-${copy}`, type, name: `${name}-${copy}`, inputs: JSON.parse(text) };
  });
}

async function secondsOfCommand(resources: readonly Asked[]): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "muster-bench-policies-"));
  try {
    const file = join(directory, "objects.yaml");
    writeFileSync(file, resources.map(({ inputs }) => stringify(inputs)).join("---\n"));
    const place = { cwd: root, env: { PATH: process.env.PATH ?? "" } };
    const command = [process.execPath, "commands/run.mjs", "policy", file, "--stack", "prod"] as const;
    // What it finds is not of interest here.
    return (await measure([...command], place, [0, 1])).wall;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
