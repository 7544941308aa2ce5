import { z } from "zod";
import { namespaceOf, type Opened, unreachable } from "../reachable";
import { cidr } from "./cidr";
import { contradiction } from "./contradiction";
import { image } from "./image";
import { list } from "./list";
import { text } from "./scalar";
import { url } from "./url";

const shape = z.strictObject({
  bucket: text({
    name: "the name of a bucket",
    rule: "3 to 63 small letters, digits, dots and hyphens",
    example: "acme-backups",
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  }).describe("The bucket."),
  region: text({
    name: "the name of a region",
    rule: "small letters, digits and hyphens",
    example: "eu-central-1",
    pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  })
    .describe("Its region.")
    .prefault("us-east-1"),
  endpoint: url({ schemes: ["https", "http"] })
    .describe("Where it is served, for storage other than that of AWS. Default: AWS.")
    .optional(),
  cidrs: list(cidr(), { least: 1 })
    .describe("The addresses of the endpoint, where they are private ones and no Service of the cluster.")
    .optional(),
  prefix: text({
    name: "the beginning of names in a bucket",
    rule: "letters, digits, ., _, - and / between them",
    example: "prod/thebot",
    pattern: /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/,
    longest: 200,
  })
    .describe(
      "What comes before the name of the server in the bucket, of these backups alone. Default: stack and system.",
    )
    .optional(),
  image: image()
    .describe("An image with rclone and a shell, which copies them there.")
    .prefault("rclone/rclone:1.68.2"),
});

/** A bucket that speaks S3. Refused: an endpoint that the network does not lead to. */
export const bucket = () =>
  shape
    .superRefine((given, context) => {
      const { endpoint, cidrs } = given;
      if (!url({ schemes: ["https", "http"] }).safeParse(endpoint).success) return;
      const problem = unreachable(endpoint!, opened(given));
      if (!problem) return;
      contradiction(context, {
        path: ["endpoint"],
        input: endpoint,
        message: problem,
        accepts: cidrs
          ? "an address within cidrs"
          : "a public one, <service>.<namespace>, or cidrs beside it",
        beside: ["cidrs"],
      });
    })
    .transform((given) => ({ ...given, opened: opened(given) }));

/** What the network opens to the pods that copy there. */
function opened({ endpoint, cidrs }: z.output<typeof shape>): Opened {
  if (!endpoint) return { internet: true, ports: [443] };
  const { hostname, port, protocol } = new URL(endpoint);
  const ports = [Number(port) || (protocol === "https:" ? 443 : 80)];
  if (cidrs) return { cidrs, ports };
  const namespace = namespaceOf(hostname);
  return namespace ? { namespace, ports } : { internet: true, ports };
}
