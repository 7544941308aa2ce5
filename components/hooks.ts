import type * as pulumi from "@pulumi/pulumi";

/** What runs before and after Pulumi makes or changes an object, by the object's kind. Left out: nothing. */
export interface ObjectHooks {
  readonly deployment?: pulumi.ResourceHookBinding;
  readonly statefulSet?: pulumi.ResourceHookBinding;
  readonly job?: pulumi.ResourceHookBinding;
  /** The Secret with the password of a Redis. */
  readonly redisSecret?: pulumi.ResourceHookBinding;
  /** The Secret with the password of a PostgreSQL. */
  readonly postgresqlSecret?: pulumi.ResourceHookBinding;
  /** What remembers which password the readers of a server have. */
  readonly passwordInUse?: pulumi.ResourceHookBinding;
  readonly externalSecret?: pulumi.ResourceHookBinding;
}
