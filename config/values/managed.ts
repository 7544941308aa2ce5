import { z } from "zod";
import { cidr } from "./cidr";
import { contradiction } from "./contradiction";
import { host } from "./host";
import { list } from "./list";
import { port } from "./port";
import { flag } from "./scalar";
import { sqlName } from "./sql-name";

// Where managed services of clouds lie as a rule: the private ranges of RFC 1918.
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

const server = (what: string, usualPort: number) => ({
  host: host().describe(`The host name of the managed ${what}.`),
  port: port().describe("Its port.").prefault(usualPort),
  cidrs: list(cidr())
    .describe("Where it lies: what the network opens. Default: the private ranges of RFC 1918.")
    .prefault(PRIVATE),
});

/** A Redis that somebody else runs, in place of one in the namespace. */
export const managedRedis = () =>
  z.strictObject({
    ...server("Redis", 6379),
    tls: flag().describe("Whether it is spoken to over TLS.").prefault(true),
  });

/** A PostgreSQL that somebody else runs, in place of one in the namespace. */
export const managedPostgresql = () =>
  z.strictObject({
    ...server("PostgreSQL", 5432),
    database: sqlName().describe("The database in it."),
    user: sqlName().describe("The user that owns the database."),
  });

/** Refuses what is said of a server of the system's own beside the managed one that takes its place. */
export function eitherOf(own: string, managed: string) {
  return (config: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx): void => {
    if (config[own] === undefined || config[managed] === undefined) return;
    contradiction(context, {
      path: [own],
      input: config[own],
      message: `does not run beside ${managed}, which takes its place`,
      accepts: `either ${own} or ${managed}`,
      beside: [managed],
    });
  };
}
