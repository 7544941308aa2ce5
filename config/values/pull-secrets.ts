import { list } from "./list";
import { secretName } from "./name";

/** Secrets of the namespace that hold the credentials of private registries. */
export const pullSecrets = () =>
  list(secretName())
    .describe("Secrets of the namespace that hold the credentials of private registries.")
    .prefault([]);

/** Those of one workload, which take the place of its system's. */
export const ownPullSecrets = () =>
  list(secretName()).describe("Its own image pull Secrets, in place of the system's.").optional();
