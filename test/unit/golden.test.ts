import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { DeclaredResource } from "../../components/declared-resource";
import { shippedResources, shippedStacks } from "./shipped-stack";

// What the shipped stacks become, as files that a pull request shows changing: `npm test -- unit golden -u` writes them.

const golden = (...path: string[]) => join(__dirname, "golden", ...path);

describe.each(shippedStacks)("stack %s", (stack) => {
  let bySystem: ReadonlyMap<string, readonly DeclaredResource[]>;
  let all: readonly DeclaredResource[];

  beforeAll(async () => {
    bySystem = await shippedResources(stack);
    all = [...bySystem.values()].flat();
  });

  test("makes the objects of its golden files", async () => {
    for (const [system, resources] of bySystem)
      await expect(manifests(resources)).toMatchFileSnapshot(golden(stack, `${system}.yaml`));
  });

  test("names every resource once, and every object", () => {
    // Each system is rendered alone, with the provider of all.
    const made = all.filter(({ type }) => type !== "pulumi:providers:kubernetes");
    for (const names of [made.map(({ urn }) => urn), made.flatMap((each) => object(each) ?? [])])
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test("shows no secret", () => {
    expect(JSON.stringify(all)).not.toContain("given-");
  });

  test("moves no URN without an alias", async () => {
    expect(moved(readFileSync(golden(stack, "urns.txt"), "utf8").split("\n"), all)).toEqual([]);
    await expect(urns(all)).toMatchFileSnapshot(golden(stack, "urns.txt"));
  });
});

test("a resource by another name needs the alias of its old one", () => {
  const [old, current] = ["system$Deployment::web", "system$Deployment::site"];
  const deployment = (aliases: readonly string[]): DeclaredResource => ({
    urn: current,
    type: "kubernetes:apps/v1:Deployment",
    name: "site",
    custom: true,
    aliases,
    inputs: { kind: "Deployment", metadata: { namespace: "shop", name: "web" } },
    retainOnDelete: false,
  });
  const before = [`${old}  Deployment shop/web`];
  expect(moved(before, [deployment([])])).toEqual([`${old} is now ${current}`]);
  expect(moved(before, [deployment([old])])).toEqual([]);
  expect(moved(before, [])).toEqual([]);
});

/** The Kubernetes objects as documents, by kind and name: moving code moves none of them. */
function manifests(resources: readonly DeclaredResource[]): string {
  const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  const documents = objects.map(({ inputs }) => stringify(inputs, { lineWidth: 0, sortMapEntries: true }));
  const sorted = objects.map((each, index) => [object(each)!, documents[index]!] as const).sort(byName);
  return sorted.map(([, document]) => document).join("---\n");
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

/** `kind namespace/name` of a Kubernetes object. */
function object({ type, inputs }: DeclaredResource): string | undefined {
  if (!type.startsWith("kubernetes:")) return undefined;
  const { namespace = "", name } = inputs.metadata as { namespace?: string; name: string };
  return `${inputs.kind} ${namespace}/${name}`;
}

/** A line for each URN that a stack of this program may have in its state, with the object that it stands for. */
function urns(resources: readonly DeclaredResource[]): string {
  const lines = resources.flatMap((each) =>
    [each.urn, ...ownAliases(each)].map((urn) => [urn, object(each)].filter(Boolean).join("  ")),
  );
  return `${[...new Set(lines)].sort().join("\n")}\n`;
}

/** Without those that the SDK gives a resource for other versions of its API. */
function ownAliases({ urn, type, aliases }: DeclaredResource): string[] {
  const kind = type.split(":").at(-1);
  const versionless = (each: string) => each.replace(new RegExp(`[^:$]+:[^:$]+:${kind}::`), "");
  return aliases.filter((alias) => versionless(alias) !== versionless(urn));
}

/** The URNs of a state that this program would replace, though it still makes the same object. */
function moved(before: readonly string[], resources: readonly DeclaredResource[]): string[] {
  const now = new Set(resources.flatMap(({ urn, aliases }) => [urn, ...aliases]));
  const holders = new Map(resources.map((each) => [object(each), each.urn]));
  return before.flatMap((line) => {
    const [urn, what] = line.split("  ") as [string, string?];
    const holder = what && holders.get(what);
    return now.has(urn) || !holder ? [] : `${urn} is now ${holder}`;
  });
}
