import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import type { ApiServer } from "../cluster/api-server";
import { runJob } from "../cluster/job-run";
import type { PostgresqlWorkload } from "../components/postgresql";
import { command, Failure } from "../tools/failure";
import { type BackedUp, backedUpServers } from "./backup/backed-up";
import { backupsIn, sizeInWords } from "./backup/in-words";
import { databaseName, restoreBeside, setAside, swapIn } from "./restore/postgresql";
import { restoreOver } from "./restore/redis";

// As PostgreSQL has it; eight characters more are for the time in which it is not whole.
const databaseForm = /^(?!partial_)[a-z][a-z0-9_]{0,54}$/;

interface Options {
  readonly stack: string;
  readonly system: string;
  readonly server?: string;
  readonly from?: string;
  readonly into?: string;
  readonly replace?: boolean;
  readonly swap?: string;
  readonly setAside?: boolean;
  readonly fetch?: boolean;
  readonly yes?: boolean;
}

const say = (line: string) => console.log(line);

async function restore(options: Options): Promise<void> {
  const { stack, system, from, into, swap, setAside } = options;
  const names = [into, swap].filter((name) => name !== undefined);
  for (const name of names)
    if (!databaseForm.test(name))
      throw new Failure(
        `"${name}" is no name of a database that is restored: at most 55 small letters, digits and _, a letter first, and not partial_.`,
      );
  const { api, all } = await backedUpServers(stack, system);
  try {
    if (options.fetch) await fetchFromBucket(api, all);
    if (from === undefined && swap === undefined && !setAside) return await list(api, all, options);
    const chosen = serverOf(all, options);
    const { server } = chosen;
    if (server.kind === "postgresql") await restorePostgresql(api, { ...chosen, server }, options);
    else await restoreRedis(api, chosen, options);
  } catch (error) {
    // What a pod said before it failed, or the API server.
    throw error instanceof Failure ? error : new Failure((error as Error).message);
  }
}

async function restorePostgresql(
  api: ApiServer,
  chosen: BackedUp & { readonly server: PostgresqlWorkload },
  options: Options,
): Promise<void> {
  const { from, replace, swap } = options;
  const { namespace, server } = chosen;
  const { name, database } = server;
  if (options.setAside) {
    await confirm(
      `${name} is stopped, and is empty when \`pulumi up\` has started it. Its data are kept on its volume.`,
      options,
    );
    return setAside(api, chosen, say);
  }
  const newer = "what was written since is not in it, and stays in the one of now, which is kept";
  if (swap !== undefined)
    await confirm(`Database ${database} of ${name} is replaced by database ${swap}: ${newer}.`, options);
  else if (replace)
    await confirm(`Database ${database} of ${name} is replaced by backup ${from}: ${newer}.`, options);
  const restored = swap ?? options.into ?? databaseName(database, "restored");
  if (from !== undefined) await restoreBeside(api, chosen, { from, into: restored }, say);
  if (swap !== undefined || replace) {
    const kept = await swapIn(api, chosen, server, restored, say);
    say(`Back to what it was: ${again(options)} --swap ${kept}`);
  } else {
    say(`Look into it:       kubectl exec -it -n ${namespace} ${name}-0 -- psql -U postgres ${restored}`);
    say(`Put it in its place: ${again(options)} --swap ${restored}`);
  }
}

async function restoreRedis(api: ApiServer, chosen: BackedUp, options: Options): Promise<void> {
  const { name } = chosen.server;
  const { from, replace } = options;
  if (!from || !replace || options.into || options.swap || options.setAside)
    throw new Failure(
      `${name} is a Redis, which has no second set of data beside the one in use: --from NAME --replace.`,
    );
  await confirm(`What ${name} holds is replaced by backup ${from}, and it is stopped meanwhile.`, options);
  await restoreOver(api, chosen, from, say);
}

/** Where the volume of backups was lost. */
async function fetchFromBucket(api: ApiServer, all: readonly BackedUp[]): Promise<void> {
  for (const { namespace, cronJob, server, hasBucket } of all) {
    if (!hasBucket) throw new Failure(`The backups of ${server.name} are in no bucket.`);
    say(`The backups of ${server.name} are copied from the bucket …`);
    await runJob(api, { namespace, cronJob, args: ["fetch"], container: cronJob }, say);
  }
}

async function list(api: ApiServer, all: readonly BackedUp[], options: Options): Promise<void> {
  for (const { namespace, cronJob, server } of all) {
    const printed = await runJob(api, { namespace, cronJob, args: ["list"] }, say);
    const found = backupsIn(printed ?? []);
    say(server.name);
    for (const each of found) say(`  ${each.name}  ${sizeInWords(each)}`);
    if (printed === undefined) say("  they cannot be listed: the log of the pod that looked cannot be read");
    else if (found.length === 0) say("  no backup yet");
  }
  say(
    [
      "",
      `Restore one beside what is there:  ${again(options)} --from NAME`,
      `Restore one in its place:          ${again(options)} --from NAME --replace`,
      ...(all.length > 1 ? ["With --server NAME where the name of the backup does not tell."] : []),
    ].join("\n"),
  );
}

/** The server that is meant: by name, or by the kind of the backup. */
function serverOf(all: readonly BackedUp[], options: Options): BackedUp {
  const { server } = options;
  const kind = kindMeant(options);
  const fitting = all.filter((each) =>
    server ? each.server.name === server : !kind || each.server.kind === kind,
  );
  if (fitting.length === 1) return fitting[0]!;
  const names = all.map((each) => each.server.name).join(", ");
  throw new Failure(
    server ? `${server} is not backed up. What is: ${names}.` : `Say --server with one of: ${names}.`,
  );
}

function kindMeant({ from = "", into, swap, setAside }: Options): BackedUp["server"]["kind"] | undefined {
  if (into || swap || setAside || from.endsWith(".dump")) return "postgresql";
  return from.endsWith(".rdb") ? "redis" : undefined;
}

async function confirm(what: string, { yes }: Options): Promise<void> {
  say(what);
  if (yes) return;
  if (!process.stdin.isTTY) throw new Failure("Nothing was changed: say --yes if that is meant.");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Type yes to go on: ");
  terminal.close();
  if (answer !== "yes") throw new Failure("Nothing was changed.");
}

function again({ stack, system, server }: Options): string {
  return `npm run restore -- --stack ${stack} --system ${system}${server ? ` --server ${server}` : ""}`;
}

new Command("restore")
  .description(
    "Lists the backups of a system. With --from, restores one: of PostgreSQL into a new database beside the one in use, or with --replace in its place; of Redis in the place of what it holds.",
  )
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .requiredOption("--system <system>", "the system whose backups they are")
  .option("--server <name>", "the server, where the system has several and the backup's name does not tell")
  .option("--from <backup>", "the backup, as it is listed, or latest")
  .option("--into <database>", "the name of the new database")
  .option("--replace", "in the place of what is in use, which is kept")
  .option("--swap <database>", "puts a database that is there in the place of the one in use, which is kept")
  .option(
    "--set-aside",
    "stops a PostgreSQL and sets its data aside on the volume, for one of another major version to start on",
  )
  .option("--fetch", "copies the backups from the bucket to the volume first, where that was lost")
  .option("-y, --yes", "replaces without asking")
  .action((options: Options) => command(() => restore(options)))
  .parse();
