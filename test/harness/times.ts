import { availableParallelism } from "node:os";
import type { Reporter, TestModule } from "vitest/node";

interface Time {
  readonly group: string;
  readonly file: string;
  readonly tests: number;
  /** Seconds from its first line to its last hook. */
  readonly wall: number;
  /** Seconds that it and what it started took of a core; undefined where the system does not tell. */
  readonly cpu: number | undefined;
}

/** A reporter that prints where a run's time went, by file and group: `npm test -- --times`. */
export default class Times implements Reporter {
  private readonly begin = Date.now();
  private readonly times: Time[] = [];

  onTestModuleEnd(module: TestModule): void {
    const { setupDuration, collectDuration, duration } = module.diagnostic();
    this.times.push({
      group: module.project.name,
      file: module.relativeModuleId.replace(/^test\/|\.test\.ts$/g, ""),
      tests: [...module.children.allTests()].length,
      wall: (setupDuration + collectDuration + duration) / 1000,
      cpu: module.meta().cpu,
    });
  }

  onTestRunEnd(): void {
    const all = [...this.times].sort((a, b) => b.wall - a.wall);
    const groups = [...new Set(all.map(({ group }) => group))].sort();
    const rows = [
      ...all,
      ...groups.map((group) =>
        sum(
          group,
          all.filter((each) => each.group === group),
        ),
      ),
      sum("all files", all),
    ];
    const took = ((Date.now() - this.begin) / 1000).toFixed(0);
    console.log(
      [
        "",
        `${"file".padEnd(52)}  tests    wall s     CPU s   waiting s`,
        ...rows.map(line),
        `The run took ${took} s on ${availableParallelism()} cores. Waiting is what a file did not have the CPU: for the cluster, or for its turn.`,
      ].join("\n"),
    );
  }
}

function sum(file: string, times: readonly Time[]): Time {
  const of = (value: (time: Time) => number) => times.map(value).reduce((a, b) => a + b, 0);
  const known = times.every(({ cpu }) => cpu !== undefined);
  return {
    group: "",
    file,
    tests: of(({ tests }) => tests),
    wall: of(({ wall }) => wall),
    cpu: known ? of(({ cpu }) => cpu!) : undefined,
  };
}

function line({ file, tests, wall, cpu }: Time): string {
  const seconds = (value: number | undefined) => (value === undefined ? "?" : value.toFixed(1)).padStart(8);
  const waiting = cpu === undefined ? undefined : Math.max(0, wall - cpu);
  return `${file.padEnd(52)}  ${String(tests).padStart(5)}  ${seconds(wall)}  ${seconds(cpu)}    ${seconds(waiting)}`;
}
