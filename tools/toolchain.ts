import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { type BuildJob, buildAll } from "./build";
import { download } from "./download";
import { makeFolder } from "./folder";
import { withLock } from "./lock";
import { type Part, type PartName, parts } from "./parts";
import { cache, root, state } from "./places";
import { isAlive } from "./processes";
import { say } from "./progress";

/** Where each program is, by its name. */
export type Programs = Readonly<Record<string, string>>;

/**
 * The programs of the named parts, each part taken from the first place that has it: the cache, what is installed,
 * its makers' site, a build from its pinned Go modules.
 */
export async function toolchain(names: readonly PartName[]): Promise<Programs> {
  const wanted = names.map((name) => parts[name]);
  const found = new Map(wanted.map((part) => [part, cached(part)]));
  if ([...found.values()].every((programs) => programs !== undefined)) return merge(found);

  return withLock(join(directory, "lock"), "sets up the toolchain", async () => {
    removeLeftovers();
    const jobs: BuildJob[] = [];
    for (const part of wanted) {
      const programs = cached(part) ?? (await installed(part)) ?? (await downloaded(part));
      found.set(part, programs);
      if (programs === undefined) jobs.push({ part, into: workplace(part) });
    }
    for await (const { part, into } of buildAll(jobs)) found.set(part, keep(part, into));
    return merge(found);
  });
}

const directory = join(cache, "toolchain");

function merge(found: Map<Part, Programs | undefined>): Programs {
  return Object.assign({}, ...found.values());
}

/** A part's place in the cache: a change of its version, its modules or its flags is another place. */
function place(part: Part): string {
  const builds = JSON.stringify(part.builds, (key, value) => (key === "seconds" ? undefined : value));
  const hash = createHash("sha256").update(builds).update(process.platform).update(process.arch);
  for (const { module } of part.builds) {
    const folder = join(root, "tools/toolchain", module);
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
      if (/\.(go|mod|sum)$/.test(file)) hash.update(file).update(readFileSync(join(folder, file)));
  }
  return join(directory, `${part.name}-${part.version}-${hash.digest("hex").slice(0, 12)}`);
}

function cached(part: Part): Programs | undefined {
  const folder = place(part);
  return existsSync(folder) ? programsIn(folder, part) : undefined;
}

function programsIn(folder: string, part: Part): Programs {
  return Object.fromEntries(part.programs.map((program) => [program, join(folder, program)]));
}

/** The part as it is on PATH, or among Pulumi's plugins, in this very version: others are not what was tested. */
async function installed(part: Part): Promise<Programs | undefined> {
  if (part.versionCommand === undefined) {
    const set = process.env.PULUMI_HOME || "";
    const home = set === "" || isOfMuster(set) ? join(homedir(), ".pulumi") : set;
    const folder = join(home, "plugins", `${part.name.replace("pulumi-", "")}-v${part.version}`);
    return taken(
      part,
      part.programs.every((program) => existsSync(join(folder, program))),
      folder,
    );
  }
  const found = Object.fromEntries(part.programs.map((program) => [program, onPath(program)]));
  if (Object.values(found).includes(undefined)) return undefined;
  const [program, ...args] = part.versionCommand;
  const { stdout } = await execa(found[program]!, args, { reject: false, timeout: 10_000 });
  const [version] = /\d+\.\d+\.\d+/.exec(stdout) ?? [];
  if (version !== part.version) return undefined;
  say(`${title(part)}: installed, ${found[program]}`);
  return found as Programs;
}

function taken(part: Part, complete: boolean, folder: string): Programs | undefined {
  if (!complete) return undefined;
  say(`${title(part)}: installed, ${folder}`);
  return programsIn(folder, part);
}

/** Whether a folder is of this checkout's environment, or of another one whose shell this is: nothing there is installed. */
function isOfMuster(folder: string): boolean {
  const states = [state, process.env.MUSTER_STATE].filter((each) => each !== undefined && each !== "");
  if ([...states, root].some((each) => `${folder}/`.startsWith(`${each}/`))) return true;
  const launcher = join(folder, "pulumi");
  return (
    /\/launcher\/?$/.test(folder) &&
    existsSync(launcher) &&
    readFileSync(launcher, "utf8").includes("MUSTER_PULUMI_CLI")
  );
}

function onPath(program: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "" && !isOfMuster(folder))
    .map((folder) => join(folder, program))
    .find(existsSync);
}

async function downloaded(part: Part): Promise<Programs | undefined> {
  if (part.downloads === undefined) return undefined;
  const into = workplace(part);
  for (const each of part.downloads) if (!(await download(each, into, title(part)))) return undefined;
  say(`${title(part)}: downloaded, checksums as published`);
  return keep(part, into);
}

/** Where a part is put together before it moves to its place whole. Named by this process, so that its death shows. */
function workplace(part: Part): string {
  const folder = join(directory, `.${part.name}.${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  makeFolder(folder);
  return folder;
}

function keep(part: Part, made: string): Programs {
  renameSync(made, place(part));
  return programsIn(place(part), part);
}

function removeLeftovers(): void {
  for (const name of readdirSync(directory)) {
    const pid = /^\..+\.(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function title(part: Part): string {
  return `${part.name} ${part.version}`;
}
