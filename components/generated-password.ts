import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** A password that is generated once and kept: no input of it changes from one run to the next. */
export function generatedPassword(
  name: string,
  { length = 32 }: { readonly length?: number },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  // Letters and digits only, so that it stands in a URL as it is.
  return new random.RandomPassword(name, { length, special: false }, opts).result;
}
