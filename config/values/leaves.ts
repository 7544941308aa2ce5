import { list } from "./list";
import { dnsLabel } from "./name";

/** Servers with a volume that a system may leave. */
export const leaves = () =>
  list(dnsLabel())
    .describe(
      "Names of Redis and PostgreSQL of the system's own, as its StatefulSets have them, to say that it is meant to leave them, such as for managed ones: their volumes stay, and it starts empty. Without it, an update that removes one is refused.",
    )
    .prefault([]);
