import { copyFileSync, cpSync, readFileSync, rmSync, statfsSync, symlinkSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type ExecaError, execa } from "execa";
import { Failure } from "./failure";
import { type Build, type Part, parts } from "./parts";
import { root } from "./places";
import { clear, duration, say, sayProgress } from "./progress";

export interface BuildJob {
  readonly part: Part;
  /** The folder that gets its programs. */
  readonly into: string;
}

/**
 * Builds parts from their pinned modules, one after the other: Go itself keeps every core busy.
 * What was compiled stays in Go's own cache, so an interrupted build goes on where it was.
 */
export async function* buildAll(jobs: readonly BuildJob[]): AsyncGenerator<BuildJob> {
  if (jobs.length === 0) return;
  await checkGo(jobs);
  const clock = new Clock(jobs.flatMap(({ part }) => part.builds));
  for (const job of jobs) {
    const begin = Date.now();
    say(`${title(job.part)}: building from its Go modules`);
    for (const build of job.part.builds) await run(build, job, clock);
    say(`${title(job.part)}: built in ${duration((Date.now() - begin) / 1000)}`);
    yield job;
  }
}

/** The same for every build: a package that two parts share is then compiled once. */
const environment = {
  CGO_ENABLED: "0",
  // Programs are linked without DWARF: compiling without it saves an eighth of the time.
  GOFLAGS: "-trimpath -buildvcs=false -gcflags=all=-dwarf=false",
  GOWORK: "off",
  // The compiler spends a sixth of its time on collecting its garbage, where there is memory for it.
  ...(totalmem() > 12e9 && { GOGC: "400" }),
};

async function run(build: Build, { part, into }: BuildJob, clock: Clock): Promise<void> {
  const cwd = join(root, "tools/toolchain", build.module);
  const options = { cwd, env: environment, reject: false, stdin: "ignore" } as const;
  const go = async (...args: string[]) => {
    const done = await execa("go", args, options);
    if (done.failed) throw failure(part, done.stderr);
    return done.stdout;
  };
  clock.begin(build);
  sayProgress(`${title(part)}: fetching its modules`);
  const source = join(into, "source");
  const modules = build.without ? await leaveOut(build.without, cwd, source, go) : [];
  const listed = await go(
    "list",
    ...modules,
    "-deps",
    "-f",
    "{{if .Stale}}{{.ImportPath}}{{end}}",
    ...build.packages,
  );
  const packages = new Set(listed.split("\n").filter(Boolean));

  const output = join(into, build.output ?? "/");
  const ldflags = ["-s -w", build.ldflags].filter(Boolean).join(" ");
  const building = execa(
    "go",
    ["build", ...modules, "-v", "-ldflags", ldflags, "-o", output, ...build.packages],
    options,
  );
  let compiled = 0;
  for await (const line of createInterface(building.stderr!)) {
    if (packages.has(line)) compiled++;
    clock.reached(compiled / (packages.size + 1));
    sayProgress(`${title(part)}: ${compiled} of ${packages.size} packages, ${clock.left()}`);
  }
  const built = await building;
  clear();
  if (built.failed) throw failure(part, built.stderr);
  if (build.folder)
    cpSync(join(source, "module", build.folder.from), join(into, build.folder.name), { recursive: true });
  rmSync(source, { recursive: true, force: true });
  for (const link of build.links ?? []) symlinkSync(build.output!, join(into, link));
  clock.end();
}

/**
 * Puts a copy of a module, without the lines, in its place: the flags say so. Go takes no changes to the modules that
 * it keeps itself.
 */
async function leaveOut(
  { module, file, linesMatching }: NonNullable<Build["without"]>,
  cwd: string,
  source: string,
  go: (...args: string[]) => Promise<string>,
): Promise<string[]> {
  await go("mod", "download", module);
  const copy = join(source, "module");
  cpSync((await go("list", "-m", "-f", "{{.Dir}}", module)).trim(), copy, { recursive: true });
  await execa("chmod", ["-R", "u+w", copy]);
  const dropped = new RegExp(linesMatching);
  for (const each of [file].flat()) {
    const lines = readFileSync(join(copy, each), "utf8").split("\n");
    writeFileSync(join(copy, each), lines.filter((line) => !dropped.test(line)).join("\n"));
  }
  for (const name of ["go.mod", "go.sum"]) copyFileSync(join(cwd, name), join(source, name));
  const modfile = join(source, "go.mod");
  await go("mod", "edit", "-replace", `${module}=${copy}`, modfile);
  return [`-modfile=${modfile}`];
}

/** Tells the time left: what is left of the recorded times, at the pace so far. */
class Clock {
  private work = 0;
  private spent = 0;
  private current?: { build: Build; begin: number; fraction: number };

  constructor(private readonly builds: readonly Build[]) {}

  begin(build: Build): void {
    this.current = { build, begin: Date.now(), fraction: 0 };
  }

  reached(fraction: number): void {
    this.current!.fraction = fraction;
  }

  end(): void {
    this.work += this.current!.build.seconds;
    this.spent += (Date.now() - this.current!.begin) / 1000;
  }

  left(): string {
    const { build, begin, fraction } = this.current!;
    const done = this.work + build.seconds * fraction;
    const all = this.builds.reduce((sum, { seconds }) => sum + seconds, 0);
    // The recorded times weigh like a minute of observation, so that the first seconds do not swing the estimate.
    const pace = (60 + this.spent + (Date.now() - begin) / 1000) / (60 + done);
    return `about ${duration((all - done) * pace)} left of all`;
  }
}

async function checkGo(jobs: readonly BuildJob[]): Promise<void> {
  const names = jobs.map(({ part }) => title(part)).join(", ");
  const asked = await execa("go", ["env", "GOVERSION", "GOCACHE"], { reject: false, env: environment });
  const { stdout, stderr, failed } = asked;
  const { code, shortMessage } = asked as Partial<ExecaError> & { code?: string };
  if (failed && code !== "ENOENT")
    throw new Failure(
      `Go is needed to build ${names}, and \`go\` on PATH does not run:\n  ${stderr || shortMessage}\nMend it, or install Go 1.26 or newer (https://go.dev/dl), then run the same command again.`,
    );
  const [version = "", goCache = ""] = stdout?.split("\n") ?? [];
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  // From 1.21 on, Go fetches the newer one that a module asks for.
  if (failed || Number(major) !== 1 || Number(minor) < 21)
    throw new Failure(
      [
        `Go is needed to build ${names}, and ${failed ? "there is no `go` on PATH" : `\`go\` on PATH is ${version}`}.`,
        "Install Go 1.26 or newer (https://go.dev/dl, or your system's package manager), then run the same command again.",
      ].join("\n"),
    );
  const needed = roomFor(jobs.map(({ part }) => part));
  for (const folder of [jobs[0]!.into, goCache]) {
    const { bavail, bsize } = nearest(folder);
    if (bavail * bsize < needed) throw noSpace(folder, bavail * bsize, needed);
  }
}

/**
 * Bytes that building takes: modules, what Go compiled, and the programs. All parts together took 8 GB, and what a
 * part takes of it goes by how long it compiles.
 */
export function roomFor(wanted: readonly Part[]): number {
  const seconds = (some: readonly Part[]) =>
    some.flatMap(({ builds }) => builds).reduce((sum, build) => sum + build.seconds, 0);
  return 0.3e9 + 7.7e9 * (seconds(wanted) / seconds(Object.values(parts)));
}

function nearest(folder: string): { bavail: number; bsize: number } {
  try {
    return statfsSync(folder);
  } catch {
    return nearest(join(folder, ".."));
  }
}

function noSpace(folder: string, free: number, needed: number): Failure {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  return new Failure(
    [
      `No room to build: ${folder} has ${gigabytes(free)} free, and ${gigabytes(needed)} are needed for what is left.`,
      "Free some, or point XDG_CACHE_HOME (the programs) and GOCACHE (what Go compiled) to a larger disk. What is built so far is kept.",
    ].join("\n"),
  );
}

function failure(part: Part, stderr: string): Failure {
  const end = stderr.trimEnd().split("\n").slice(-12).join("\n  ");
  const mend = /no space left on device/.test(stderr)
    ? "The disk is full. Free some space, or point XDG_CACHE_HOME and GOCACHE to a larger disk"
    : /dial tcp|no such host|connection refused|i\/o timeout|TLS handshake|unexpected EOF/.test(stderr)
      ? "Go could not fetch modules. Check the network; behind a proxy set HTTPS_PROXY, or GOPROXY to your own module proxy"
      : "Go's own message is above";
  return new Failure(
    `${title(part)} could not be built:\n  ${end}\n${mend}, then run the same command again: it goes on where it was.`,
  );
}

function title(part: Part): string {
  return `${part.name} ${part.version}`;
}
