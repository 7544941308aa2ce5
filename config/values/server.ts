import { z } from "zod";
import { namespaceOf } from "../reachable";
import { cidr } from "./cidr";
import { contradiction } from "./contradiction";
import { host } from "./host";
import { list } from "./list";
import { port } from "./port";

/** A server that runs elsewhere, and where that is: a Service of another namespace, or addresses. Made whole by `isPlaced`. */
export const server = (usual: { readonly host: string; readonly port: number }) =>
  z.strictObject({
    host: host()
      .describe("Its host name: <service>.<namespace> in the cluster, or any name beside cidrs.")
      .prefault(usual.host),
    port: port().describe("Its port, which is that of its pods as well.").prefault(usual.port),
    cidrs: list(cidr(), { least: 1 })
      .describe("The addresses that it has, where it is no Service of the cluster.")
      .optional(),
  });

/** Refuses a host of which nobody can tell where it lies. */
export function isPlaced(
  { host, cidrs }: { host: string; cidrs?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (typeof host !== "string" || cidrs !== undefined || namespaceOf(host)) return;
  contradiction(context, {
    path: ["host"],
    input: host,
    message: "says no namespace, and the network is opened to namespaces and addresses alone",
    accepts: "<service>.<namespace>, or cidrs beside it",
    beside: ["cidrs"],
  });
}
