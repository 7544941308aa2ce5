import type * as pulumi from "@pulumi/pulumi";

/**
 * What a resource comes after. One that needs the name of another is given the plain text and comes after it by this:
 * if it took the name from the other's outputs, it would be replaced together with that one.
 */
export function dependencies({ dependsOn = [] }: pulumi.ResourceOptions): pulumi.Resource[] {
  return [dependsOn].flat() as pulumi.Resource[];
}
