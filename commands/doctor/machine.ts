import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { execa } from "execa";
import { root } from "../../tools/places";
import type { Finding } from "./finding";

/** What an update takes of the machine that it runs on. */
export async function machine(): Promise<Finding[]> {
  return [
    { what: `Node.js ${process.versions.node}` },
    await program("pulumi", ["version"], "https://www.pulumi.com/docs/install"),
    await program("kubectl", ["version", "--client"], "https://kubernetes.io/docs/tasks/tools"),
    ...[...new Set([root, tmpdir()])].map(disk),
  ];
}

async function program(name: string, args: readonly string[], site: string): Promise<Finding> {
  const { failed, stdout } = await execa(name, args, { cwd: root, reject: false });
  const version = /v?(\d+\.\d+\.\d+\S*)/.exec(stdout ?? "")?.[1];
  if (!failed && version) return { what: `${name} ${version}` };
  return {
    what: `${name} does not run`,
    mend: `Install it: ${site}. For the local cluster, first run: eval "$(npm run -s env)"`,
  };
}

/** A run writes copies of the state, and its plugins some scratch. */
const wanted = 500;

function disk(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / 1024 ** 2);
  const what = `${free} MiB free at ${folder}`;
  return free >= wanted ? { what } : { what, mend: `Free some: a run wants ${wanted} MiB.` };
}
