import type * as pulumi from "@pulumi/pulumi";

/**
 * What a resource comes after. Where it only needs the name of another, it has the name as it is and comes after it by
 * this: what takes a field from another resource is replaced with that one.
 */
export function dependencies({ dependsOn = [] }: pulumi.ResourceOptions): pulumi.Resource[] {
  return [dependsOn].flat() as pulumi.Resource[];
}
