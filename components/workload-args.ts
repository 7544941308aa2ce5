import type { ObjectHooks } from "./hooks";
import type { SystemInstance } from "./labels";
import type { SecretDigest } from "./secret-digest";

/** What the component of a workload takes. */
export interface WorkloadArgs<Declaration> {
  readonly system: SystemInstance;
  readonly declared: Declaration;
  /** Digests of the secret values that its pods read. Left out: a changed value rolls none of them. */
  readonly secretDigest?: SecretDigest;
  readonly hooks?: ObjectHooks;
}
