import { isIP } from "node:net";
import { z } from "zod";
import { cidr, within } from "./cidr";
import { contradiction } from "./contradiction";
import { hostOrAddress } from "./host";
import { list } from "./list";
import { port } from "./port";
import { flag } from "./scalar";
import { sqlName } from "./sql-name";

// Where managed services of clouds lie as a rule: the private ranges of RFC 1918.
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

const server = (what: string, usualPort: number) => ({
  host: hostOrAddress().describe(`The host name or IP address of the managed ${what}.`),
  port: port().describe("Its port.").prefault(usualPort),
  cidrs: list(cidr(), { least: 1 })
    .describe("Where it lies: what the network opens. Default: the private ranges of RFC 1918.")
    .prefault(PRIVATE),
});

/** Refuses an address that the network does not open. */
function reachable(
  { host, cidrs }: { readonly host: unknown; readonly cidrs: unknown },
  context: z.core.$RefinementCtx,
): void {
  const address = String(host).replace(/^\[|\]$/g, "");
  if (!isIP(address) || !list(cidr()).safeParse(cidrs).success || within(address, cidrs as string[])) return;
  contradiction(context, {
    path: ["host"],
    input: address,
    message: "lies in none of the ranges that the network opens",
    accepts: "an address within cidrs, or cidrs that hold it",
    beside: ["cidrs"],
  });
}

/** A Redis that somebody else runs, in place of one in the namespace. */
export const managedRedis = () =>
  z
    .strictObject({
      ...server("Redis", 6379),
      tls: flag().describe("Whether it is spoken to over TLS.").prefault(true),
    })
    .superRefine(reachable);

/** The same, for programs that speak no TLS to it. */
export const managedRedisWithoutTls = () => z.strictObject(server("Redis", 6379)).superRefine(reachable);

/** A PostgreSQL that somebody else runs, in place of one in the namespace. */
export const managedPostgresql = () =>
  z
    .strictObject({
      ...server("PostgreSQL", 5432),
      database: sqlName().describe("The database in it."),
      user: sqlName().describe("The user that owns the database."),
    })
    .superRefine(reachable);

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
