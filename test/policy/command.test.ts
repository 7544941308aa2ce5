import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";

// `npm run policy`, as people run it on files.
const root = join(__dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "muster-policy-command-"));
afterAll(() => rmSync(directory, { recursive: true }));

const file = join(directory, "shop.yaml");
writeFileSync(
  file,
  `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  type: NodePort
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny, namespace: shop }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
`,
);

function policy(args: readonly string[], input?: string) {
  const options = { cwd: root, reject: false, ...(input === undefined ? {} : { input }) };
  return execa(process.execPath, ["--require", "tsx/cjs", "commands/policy.ts", ...args], options);
}

function config(name: string, content: object): string {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

test("a violation is told with its line, and fails", async () => {
  const { exitCode, stdout } = await policy([file]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain(`${file}:5: service-exposure: Service shop/web: spec.type is "NodePort"`);
  expect(stdout).toContain("2 objects: 1 violations, 0 warnings, 0 exemptions");
});

test("what is piped in is judged too, and passes", async () => {
  const { exitCode, stdout } = await policy(
    ["-"],
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n",
  );
  expect([exitCode, stdout]).toEqual([0, "1 objects: 0 violations, 0 warnings, 0 exemptions"]);
});

test("as SARIF it has the rule and the place", async () => {
  const spaced = join(directory, "my shop.yaml");
  copyFileSync(file, spaced);
  const { stdout } = await policy([file, spaced, "--output", "sarif"]);
  const check = new Ajv({ allErrors: true }).compile(sarif);
  expect([check(JSON.parse(stdout)), check.errors]).toEqual([true, null]);
  const [{ tool, results }] = JSON.parse(stdout).runs;
  expect(tool.driver.rules[results[0].ruleIndex].id).toBe(results[0].ruleId);
  expect(results[0].ruleId).toBe("service-exposure");
  const places = results.map(
    ({ locations: [{ physicalLocation }] }: { locations: [{ physicalLocation: Place }] }) => physicalLocation,
  );
  expect(places.map(({ region }: Place) => region.startLine)).toEqual([5, 5]);
  expect(places.map(({ artifactLocation }: Place) => fileURLToPath(artifactLocation.uri)).sort()).toEqual(
    [file, spaced].sort(),
  );
});

type Place = { artifactLocation: { uri: string }; region: { startLine: number } };

/** Of the schema of SARIF 2.1.0, what is used here: sections 3.13 to 3.54 of the standard. */
const of = (required: readonly string[], properties: object) => ({
  type: "object",
  required,
  additionalProperties: false,
  properties,
});
const text = of(["text"], { text: { type: "string", minLength: 1 } });
// RFC 3986: no blank, no quote, no backslash.
const uri = { type: "string", pattern: "^[A-Za-z0-9._~:/?#@!$&'()*+,;=%\\[\\]-]+$" };
const listOf = (items: object) => ({ type: "array", items, uniqueItems: true });
const rule = of(["id"], {
  id: { type: "string" },
  shortDescription: text,
  help: text,
  helpUri: uri,
  properties: { type: "object" },
});
const place = of(["artifactLocation"], {
  artifactLocation: of(["uri"], { uri }),
  region: of(["startLine"], { startLine: { type: "integer", minimum: 1 } }),
});
const result = of(["message"], {
  ruleId: { type: "string" },
  ruleIndex: { type: "integer", minimum: 0 },
  level: { enum: ["none", "note", "warning", "error"] },
  message: text,
  locations: listOf(of([], { physicalLocation: place })),
});
const driver = of(["name"], { name: { type: "string" }, version: { type: "string" }, rules: listOf(rule) });
const run = of(["tool", "results"], {
  tool: of(["driver"], { driver }),
  results: { type: "array", items: result },
});
const sarif = of(["version", "runs"], { $schema: uri, version: { const: "2.1.0" }, runs: listOf(run) });

test("the config makes a warning of it, or exempts it; as JSON", async () => {
  const advisory = config("advisory.json", { "service-exposure": "advisory" });
  expect((await policy([file, "--config", advisory])).exitCode).toBe(0);
  const of = { rule: "service-exposure", object: "Service shop/web", reason: "for now", owner: "shop" };
  const exempt = config("exempt.json", { exemptions: { exempt: [{ ...of, until: "2999-12-31" }] } });
  const { exitCode, stdout } = await policy([file, "--config", exempt, "--output", "json"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    violations: [],
    exemptions: ["Service shop/web is exempt from service-exposure until 2999-12-31 (shop): for now"],
  });
});

test("what cannot be read is told in a sentence, with another exit code", async () => {
  const template = join(directory, "template.txt");
  writeFileSync(template, 'metadata:\n  {{- include "web.labels" . | nindent 2 }}\n');
  for (const [args, message] of [
    [[template], "It looks like a template of a chart: render it first"],
    [[join(directory, "gone.yaml")], "cannot be read"],
    [[], "There is nothing to judge"],
    [[file, "--config", config("wrong.json", { "service-exposed": "advisory" })], "service-exposed"],
  ] as const) {
    const { exitCode, stderr } = await policy(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  }
});
