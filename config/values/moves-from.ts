import { namespaceName } from "./name";

/** The namespace that a system may leave for another. */
export const movesFrom = () =>
  namespaceName()
    .describe(
      "The namespace that the system has until now, to say that it is meant to leave it: its volumes stay there, and it starts empty in the new one. Without it, another namespace is refused once it runs.",
    )
    .optional();
