import { z } from "zod";
import { contradiction } from "./contradiction";
import { duration } from "./duration";
import { image } from "./image";
import { dnsLabel, secretKeyName, secretName } from "./name";
import { isMapping, oneOf, text } from "./scalar";
import { url } from "./url";

const sourceNames = ["config", "onepassword", "external"] as const;

const titled = (what: string, example: string) =>
  text({
    name: `the name of ${what}`,
    rule: "at most 128 characters on a line, without a slash or white space at its ends",
    example,
    pattern: /^[^\s/\p{C}](?:[^/\p{C}]{0,126}[^\s/\p{C}])?$/u,
  });

const inOnepassword = {
  vault: titled("a vault", "Platform").describe("The vault."),
  item: titled("an item", "agentsmith").describe("The item; each key is a field of it."),
};

/** In the order in which they are the usual one of a system that has two. */
const stores = ["onepasswordConnect", "onepasswordServiceAccount", "kubernetes"] as const;

export type StoreName = (typeof stores)[number];

const external = () =>
  z
    .strictObject({
      kubernetes: z
        .strictObject({
          namespace: dnsLabel().describe("The namespace of the Secret."),
          secret: secretName().describe("The Secret; each key is a key of it."),
        })
        .describe("A Secret in another namespace of the cluster.")
        .optional(),
      onepasswordConnect: z
        .strictObject({
          host: url({ schemes: ["https", "http"] }).describe("The address of the Connect server."),
          ...inOnepassword,
        })
        .describe("1Password, through a Connect server.")
        .optional(),
      onepasswordServiceAccount: z
        .strictObject(inOnepassword)
        .describe("1Password, with a service account.")
        .optional(),
      refreshInterval: duration().describe("How often the operator looks for changed values.").prefault("1h"),
      kubectlImage: image()
        .describe(
          "An image with kubectl and a shell, for the CronJob that rolls what reads a changed Secret.",
        )
        .prefault("alpine/kubectl:1.35.4"),
    })
    .superRefine(
      (given, context) => {
        const named = stores.filter((store) => given[store] !== undefined);
        const ofOnepassword = named.filter((store) => store !== "kubernetes");
        if (named.length > 0 && ofOnepassword.length < 2) return;
        context.addIssue({
          code: "custom",
          message: named.length === 0 ? "names no store" : "names 1Password twice",
          params: { oneOf: named.length === 0 ? stores : ofOnepassword },
        });
      },
      // A store that is misspelt is said once.
      { when: ({ issues }) => issues.length === 0 },
    )
    .meta({ anyOf: stores.map((store) => ({ required: [store] })) });

/** What may be said of one key, and what it is where the store is a Secret. */
const inStore = { item: secretName, field: secretKeyName };

/**
 * Where the values of a system's secrets come from. Refused: a source that is used and not described, or described
 * and not used; an item or field of what config holds itself, and such as no Secret can have where one is read.
 */
export const secretSources = (declared: Readonly<Record<string, { readonly description: string }>>) =>
  z
    .strictObject({
      source: oneOf(sourceNames)
        .describe(
          "config: encrypted in this file, by `pulumi config set --secret`; onepassword: read by Pulumi at every run; external: brought by the External Secrets Operator, and never seen by Pulumi.",
        )
        .prefault("config"),
      onepassword: z.strictObject(inOnepassword).describe("Where Pulumi reads in 1Password.").optional(),
      external: external().describe("The store that the External Secrets Operator reads.").optional(),
      keys: z
        .strictObject(
          Object.fromEntries(
            Object.entries(declared).map(([key, { description }]) => [
              key,
              z
                .strictObject({
                  source: oneOf(sourceNames).describe("Its own source, in place of the system's.").optional(),
                  store: oneOf(stores)
                    .describe("Of two external stores, its own. Default: that of 1Password.")
                    .optional(),
                  item: titled("an item", "slack").describe("Its own item, or Secret.").optional(),
                  field: titled("a field", "credential")
                    .describe("The field that holds it, or the key. Default: of its own name.")
                    .optional(),
                })
                .describe(description)
                .optional(),
            ]),
          ),
        )
        .describe("What holds for one key alone.")
        .prefault({}),
    })
    .superRefine((given, context) => {
      for (const [key, said] of Object.entries(isMapping(given.keys) ? given.keys : {})) {
        const source = said?.source ?? given.source;
        const store = said?.store;
        if (store !== undefined && (source !== "external" || given.external?.[store] === undefined))
          contradiction(context, {
            path: ["keys", key, "store"],
            input: store,
            message: source === "external" ? "is not described" : "is not where its value comes from",
            accepts: source === "external" ? "a store that external names" : "source: external beside it",
            beside: source === "external" ? ["external"] : ["source"],
          });
        for (const part of ["item", "field"] as const) {
          const name = said?.[part];
          if (name === undefined) continue;
          const path = ["keys", key, part];
          if (source === "config")
            contradiction(context, {
              path,
              input: name,
              message: "is read by nobody, since the value is in config",
              accepts: "a source beside it, onepassword or external",
              beside: said?.source ? ["keys", key, "source"] : ["source"],
            });
          if (source !== "external" || !given.external || storeOf(said, given.external) !== "kubernetes")
            continue;
          for (const issue of inStore[part]().safeParse(name).error?.issues ?? [])
            if (issue.code === "custom") context.addIssue({ ...issue, path });
        }
      }
    })
    .superRefine((given, context) => {
      const own = isMapping(given.keys) ? Object.values(given.keys) : [];
      const used = [given.source, ...own.map((key) => key?.source)];
      for (const source of ["onepassword", "external"] as const) {
        if (used.includes(source) && given[source] === undefined)
          contradiction(context, {
            path: [source],
            input: source,
            message: "is used, and it is not said where that is",
            accepts: `a mapping ${source} beside it`,
            beside: ["source"],
          });
        if (!used.includes(source) && given[source] !== undefined)
          contradiction(context, {
            path: [source],
            input: given[source],
            message: "is what no key comes from",
            accepts: `source: ${source}, for all or for one of the keys`,
            beside: [["source"], ["keys"]],
          });
      }
    });

/** The store that a key of source external comes from. */
export function storeOf(
  said: { readonly store?: StoreName } | undefined,
  external: Readonly<Partial<Record<StoreName, unknown>>>,
): StoreName {
  return said?.store ?? stores.find((store) => external[store] !== undefined)!;
}

export type SecretSources = z.output<ReturnType<typeof secretSources>>;
export type External = NonNullable<SecretSources["external"]>;
