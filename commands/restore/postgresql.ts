import type { ApiServer } from "../../cluster/api-server";
import { runJob } from "../../cluster/job-run";
import type { PostgresqlWorkload } from "../../components/postgresql";
import type { BackedUp } from "../backup/backed-up";
import { dataOf, keptName, stop, volume } from "./stopped";

type Say = (line: string) => void;

/** Restores a backup into a new database of the server. */
export async function restoreBeside(
  api: ApiServer,
  { namespace, cronJob }: BackedUp,
  { from, into }: { readonly from: string; readonly into: string },
  say: Say,
): Promise<void> {
  say(`Backup ${from} is restored into the new database ${into} …`);
  await runJob(api, { namespace, cronJob, args: ["restore", from, into] }, say);
  say(`Database ${into} is whole.`);
}

/** Puts a database of the server in the place of the one in use, and tells under which name that is kept. */
export async function swapIn(
  api: ApiServer,
  { namespace, cronJob }: BackedUp,
  postgresql: PostgresqlWorkload,
  restored: string,
  say: Say,
): Promise<string> {
  const kept = databaseName(postgresql.database, "until");
  say(`${restored} takes the place of ${postgresql.database}; whoever is connected is disconnected …`);
  await runJob(api, { namespace, cronJob, args: ["swap", restored, kept] }, say);
  say(`${postgresql.database} is the restored database. What it was is kept as database ${kept}.`);
  return kept;
}

/**
 * Stops a PostgreSQL and takes away what its volume holds, which is kept there: the next to start on it, such as one of
 * another major version, starts empty. It stays stopped, since its own version would do so too.
 */
export async function setAside(api: ApiServer, postgresql: BackedUp, say: Say): Promise<void> {
  const { namespace, cronJob, server } = postgresql;
  const kept = keptName("pgdata");
  await stop(api, postgresql, say);
  await runJob(
    api,
    { namespace, cronJob, args: ["set_aside", volume, kept], mounts: dataOf(postgresql) },
    say,
  );
  say(
    `What ${server.name} held is kept on its volume, as ${kept}. It is stopped until \`pulumi up\` starts it.`,
  );
}

/** A name for one more database, with the time in it, and short enough for PostgreSQL. */
export function databaseName(database: string, word: string, now = new Date()): string {
  const time = now.toISOString().replace(/\D/g, "");
  const ending = `_${word}_${time}`;
  return `${database.slice(0, 63 - "partial_".length - ending.length)}${ending}`;
}
