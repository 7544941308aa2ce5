import { Command } from "commander";
import { type ExecaError, execa } from "execa";
import { type NamespaceStatus, namespaceStatus, reasonsOf, type Workload } from "../cluster/namespace-status";
import { readersMayLeave } from "../tools/failure";
import { root } from "../tools/places";

// What the program says of each system: index.ts, output `systems`.
interface SystemOutput {
  readonly namespace: string;
  readonly url?: string;
  /** The context of the kubeconfig that the stack goes to; undefined for the current one. */
  readonly context?: string;
}

/** Prints, for each system of a stack, what runs, what does not, and the pods' own reasons. */
export async function status(stack?: string): Promise<{ ready: boolean }> {
  const systems = await outputs(stack);
  let ready = true;
  for (const [name, { namespace, url, context }] of Object.entries(systems)) {
    const found = await namespaceStatus(namespace, context);
    console.log(`${name}  (namespace ${namespace})${url ? `  ${url}` : ""}`);
    console.log(`${lines(found).join("\n")}\n`);
    ready &&= found.workloads.every(({ isDone }) => isDone);
  }
  return { ready };
}

async function outputs(stack?: string): Promise<Record<string, SystemOutput>> {
  const selected = stack ? ["--stack", stack] : [];
  const { stdout } = await execa("pulumi", ["stack", "output", "--json", ...selected]);
  const { systems } = JSON.parse(stdout);
  if (!systems) throw new Error("This stack has not been up yet.");
  return systems;
}

function lines({ workloads, jobs }: NamespaceStatus): string[] {
  const width = Math.max(...workloads.map(({ name }) => name.length), 4);
  const line = (workload: Workload) => {
    const { name, ready, desired, image, isDone } = workload;
    const mark = isDone ? "✓" : "✗";
    const reasons = reasonsOf(workload).map((reason) => `      ${reason}`);
    return [`  ${mark} ${name.padEnd(width)}  ${ready}/${desired} ready  ${image}`, ...reasons];
  };
  const jobLine = `  · ${"jobs".padEnd(width)}  ${jobs.running} running, ${jobs.succeeded} succeeded, ${jobs.failed} failed`;
  return [...workloads.flatMap(line), jobLine];
}

/** What is not as the stack's file declares it, undefined where all is, or that cannot be told. */
async function driftOf(stack?: string): Promise<string | undefined> {
  // Its program is as much code as all the rest.
  const { comparisonOf, inText, isAsDeclared } = await import("./drift/comparison.js");
  try {
    const name = stack ?? (await execa("pulumi", ["stack", "--show-name"])).stdout;
    const found = await comparisonOf(name);
    return isAsDeclared(found) ? undefined : inText(found);
  } catch (error) {
    console.error(`It was not compared with what is declared: ${explained(error)}`);
    return undefined;
  }
}

function explained(error: unknown): string {
  const { code, path, shortMessage, stderr } = error as Partial<ExecaError> & {
    code?: string;
    path?: string;
  };
  if (code === "ENOENT") {
    return `${path} is not on PATH. For the local cluster, first run: eval "$(npm run -s env)"`;
  }
  return [shortMessage ?? (error as Error).message, stderr].filter(Boolean).join("\n");
}

if (require.main === module) {
  readersMayLeave();
  new Command("status")
    .description("What runs in a stack, and why what does not run does not.")
    .option("-s, --stack <stack>", "the stack; the selected one when left out")
    .action(async ({ stack }: { stack?: string }) => {
      try {
        const { ready } = await status(stack);
        // Asked from elsewhere it is the status of another copy of the project, with stack files of its own.
        const drift = process.cwd() === root ? await driftOf(stack) : undefined;
        if (drift) console.log(drift);
        process.exitCode = ready && !drift ? 0 : 1;
      } catch (error) {
        console.error(`status: ${explained(error)}`);
        process.exitCode = 2;
      }
    })
    .parse();
}
