import { flag } from "./scalar";

/** Whether a system takes over what is in its namespace already. */
export const adopt = () =>
  flag()
    .describe(
      "Whether objects that are in the cluster already under the names of this system's, and their namespace, are taken over from whoever made them: docs/operations.md. What is taken over is said first. `destroy` then leaves the namespace: keep the line as long as the stack is there.",
    )
    .prefault(false);
