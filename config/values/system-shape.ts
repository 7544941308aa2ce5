import { list } from "./list";
import { monitoring } from "./monitoring";
import { dnsLabel, namespaceName } from "./name";
import { flag } from "./scalar";
import { smoke } from "./smoke";

/** What may be said of every system: its namespace, what becomes of what was there, or elsewhere, before, its check, and who watches it. */
export const systemShape = (system: string) => ({
  namespace: namespaceName()
    .describe(`The namespace. Default: ${system} in stack prod, ${system}-<stack> elsewhere.`)
    .optional(),
  adopt: flag()
    .describe(
      "Whether objects that are in the cluster already under the names of this system's, and their namespace, are taken over from whoever made them: docs/operations.md. What is taken over is said first. `destroy` then leaves the namespace: the line stays as long as the stack is there, and an update without it is refused.",
    )
    .prefault(false),
  movesFrom: namespaceName()
    .describe(
      "The namespace that the system has until now, to say that it is meant to leave it: its volumes stay there, and it starts empty in the new one. Without it, another namespace is refused once it runs.",
    )
    .optional(),
  leaves: list(dnsLabel())
    .describe(
      "Names of Redis and PostgreSQL of the system's own, as its StatefulSets have them, to say that it is meant to leave them, such as for managed ones: their volumes stay, and it starts empty. Without it, an update that removes one is refused.",
    )
    .prefault([]),
  smoke: smoke(),
  monitoring: monitoring().optional(),
});
