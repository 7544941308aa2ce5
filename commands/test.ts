import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { command, Failure } from "../tools/failure";
import { testClusters, testParts } from "../tools/local";
import { root } from "../tools/places";
import { toolchain } from "../tools/toolchain";

// `npm test [-- group… --times --keep vitest's options…]`: its own set-up, then the tests; the last line counts them.

const needPrograms = ["policy", "cluster", "faults"];

/** The part of vitest's JSON report that is counted. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { status: string }[];
  }[];
}

command(async () => {
  const args = process.argv.slice(2);
  const own = ["--times", "--keep"];
  const { groups, options } = parse(args.filter((arg) => !own.includes(arg)));
  if (args.includes("--times")) options.push("--reporter=./test/harness/times.ts");
  const keep = args.includes("--keep");
  if (groups.some((group) => needPrograms.includes(group))) await toolchain(testParts);

  const { passed, failed, skipped } = await vitest(
    groups,
    options,
    keep ? { MUSTER_TEST_CLUSTERS: testClusters } : {},
  );
  const skippedInCi = process.env.CI === "true" && skipped > 0;
  if (keep && existsSync(testClusters))
    console.log(
      "The clusters of the tests run on: `npm run stop` stops them, with --delete it removes them.",
    );
  if (passed + failed === 0) console.log("No test ran.");
  else if (skippedInCi) console.log("In CI a skipped test counts as a failure of the run.");
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failed === 0 && passed > 0 && !skippedInCi ? 0 : 1;
});

/** Groups come first, as folders of test/ are named; everything after them is vitest's. */
function parse(args: readonly string[]): { groups: string[]; options: string[] } {
  const all = readdirSync(join(root, "test")).filter((name) => name !== "harness");
  const firstOption = args.findIndex((arg) => !all.includes(arg));
  const groups = args.slice(0, firstOption < 0 ? args.length : firstOption);
  const options = args.slice(groups.length);
  if (groups.length === 0 && options[0] !== undefined && /^[a-z]+$/.test(options[0]))
    throw new Failure(`There is no group of tests \`${options[0]}\`. There are: ${all.join(", ")}.`);
  return { groups: groups.length > 0 ? groups : all, options };
}

interface Counted {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

async function vitest(
  groups: readonly string[],
  options: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Counted> {
  const directory = mkdtempSync(join(tmpdir(), "muster-test-"));
  const file = join(directory, "report.json");
  const projects = groups.flatMap((group) => ["--project", group]);
  // What options select may be in one group and not in another; no test at all is told from the sum.
  const reporters = [
    "--passWithNoTests",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ];
  try {
    const { exitCode } = await execa(
      process.execPath,
      [join(root, "node_modules/vitest/vitest.mjs"), "run", ...projects, ...reporters, ...options],
      { cwd: root, stdio: "inherit", reject: false, env },
    );
    const report = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Report) : undefined;
    return count(report, exitCode ?? 1);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function count(report: Report | undefined, exitCode: number): Counted {
  const failed = (report?.numFailedTests ?? 0) + filesThatDidNotRun(report);
  return {
    passed: report?.numPassedTests ?? 0,
    // Whatever vitest itself holds against the run, such as an error that no test caught, is one as well.
    failed: exitCode !== 0 && failed === 0 ? 1 : failed,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

/** Files that failed though none of their tests did: they could not be loaded, or a hook failed. */
function filesThatDidNotRun(report: Report | undefined): number {
  const failed = report?.testResults.filter(({ status }) => status === "failed") ?? [];
  return failed.filter(({ assertionResults }) => assertionResults.every((test) => test.status !== "failed"))
    .length;
}
