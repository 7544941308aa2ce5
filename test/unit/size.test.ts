import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { sizeOf } from "../../commands/size/size";
import { table } from "../../commands/size/table";
import { root } from "../../tools/places";

const size = (stack: string) =>
  execa("node", ["commands/run.mjs", "size", "--stack", stack], { cwd: root, reject: false });

describe("the size of a stack", () => {
  const printed: Record<string, string> = {};

  beforeAll(async () => {
    for (const stack of ["staging", "prod"]) printed[stack] = (await size(stack)).stdout;
  });

  /** The table of one system, out of everything that the command prints. */
  const tableOf = (system: string, stack: string) =>
    new RegExp(`^${system}\n\n((?:\\|.*\n)+)`, "m").exec(printed[stack]!)![1]!;

  it("is the document's table for wbot with the Job that asks, and the sums that its lines come to", () => {
    // The document says 2.4 / 9 CPU and 2.3Gi / 8.5Gi in all, which no reading of its own lines gives.
    expect(tableOf("wbot", "staging")).toBe(`\
| workload | pods | CPU (request / limit) | memory (request / limit) |
| -------- | ---- | --------------------- | ------------------------ |
| redis    | 1    | 100m / 500m           | 128Mi / 512Mi            |
| wbot-ai  | 2    | 500m / 2000m          | 512Mi / 2Gi              |
| wbot-web | 2    | 100m / 1000m          | 256Mi / 1Gi              |
| smoke    | 0–1  | 10m / 500m            | 16Mi / 64Mi              |
| least    | 5    | 1.3 / 6.5             | 1.625Gi / 6.5Gi          |
| most     | 6    | 1.31 / 7              | 1.641Gi / 6.563Gi        |
`);
  });

  it("stands in wbot's page as the command prints it", () => {
    const page = readFileSync(join(root, "docs/systems/wbot.md"), "utf8");
    for (const stack of ["staging", "prod"]) expect(page).toContain(tableOf("wbot", stack));
  });

  it("is a range where an autoscaler chooses, a Job runs or agents are started", () => {
    expect(printed.prod).toMatch(/^\| egress +\| 3–10 \| 500m \/ 2000m /m);
    expect(printed.prod).toMatch(/^\| agent +\| 0–10 \| 250m \/ 1000m /m);
    expect(printed.prod).toMatch(/^\| thebot-migrate +\| 0–1 /m);
    expect(printed.prod).toMatch(/^\| thebot-celery-beat +\| 1 /m);
    expect(tableOf("wbot", "prod")).toMatch(/^\| most +\| 22 +\| 6\.11 \/ 31 +\| 7\.641Gi \/ 30\.563Gi /m);
  });

  it("says the room that a roll-out takes where the old ones take long to stop: theirs a second time", () => {
    const recorders = tableOf("rtc-egress", "prod");
    expect(recorders).toMatch(/^\| egress +\| 3–10 \| 500m \/ 2000m +\| 512Mi \/ 2Gi /m);
    expect(recorders).toMatch(/^\| web-recorder +\| 6 +\| 200m \/ 1000m +\| 256Mi \/ 1Gi /m);
    expect(recorders).toMatch(/^\| most +\| 29 +\| 7\.33 \/ 32\.2 +\| 7\.922Gi \/ 31\.688Gi /m);
    // 10 and 6 pods more.
    expect(recorders).toMatch(/^\| rolled +\| 45 +\| 13\.53 \/ 58\.2 +\| 14\.422Gi \/ 57\.688Gi /m);
    expect(tableOf("wbot", "prod")).not.toContain("rolled");
  });

  it("is summed over all systems", () => {
    const pods = (line: string) =>
      [...printed.prod!.matchAll(new RegExp(`^\\| ${line} +\\| (\\d+)`, "gm"))].map(([, count]) =>
        Number(count),
      );
    for (const line of ["least", "most"]) {
      const all = pods(line);
      expect(all.length).toBeGreaterThan(2);
      expect(all.at(-1)).toBe(all.slice(0, -1).reduce((sum, count) => sum + count, 0));
    }
  });

  it("is exact in every unit that config takes", () => {
    const each = (cpu: string, memory: string) => ({
      requests: { cpu, memory },
      limits: { cpu, memory },
    });
    const workload = {
      kind: "worker",
      image: "a:1",
      user: 1,
      imagePullSecrets: [],
      placement: {},
      uses: [],
      scale: { replicas: 3 },
    } as const;
    const { most } = sizeOf([
      { ...workload, name: "a", resources: each("0.1", "1G") },
      { ...workload, name: "b", resources: each("200m", "512Ki") },
      { ...workload, name: "c", resources: each("1e-1", "1073741824") },
    ]);
    expect(most.requests).toEqual({ cpu: "1.2", memory: "5.795Gi" });
  });

  it("of a stack that is not there is refused, with those that are", async () => {
    const { exitCode, stderr } = await size("production");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/There is no Pulumi\.production\.yaml\. The stacks here: dev, prod, staging/);
  });

  it("is a table of Markdown whose columns stand under each other", () => {
    const empty = { requests: { cpu: "0", memory: "0Mi" }, limits: { cpu: "0", memory: "0Mi" } };
    const lines = table({ workloads: [], pods: { least: 1, most: 12 }, least: empty, most: empty }).split(
      "\n",
    );
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });
});
