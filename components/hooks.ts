import type * as pulumi from "@pulumi/pulumi";

/** What runs before and after Pulumi makes or changes an object, by the object's kind. Left out: nothing. */
export interface ObjectHooks {
  readonly deployment?: pulumi.ResourceHookBinding;
  readonly statefulSet?: pulumi.ResourceHookBinding;
  readonly job?: pulumi.ResourceHookBinding;
  readonly externalSecret?: pulumi.ResourceHookBinding;
}
