import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DeclaredResource } from "../../components/declared-resource";
import { declaredSystems } from "../../systems";
import { configOf, resourcesOf } from "./shipped-stack";
import { StackDirectory } from "./stack-directory";

const texts = {
  prod: undefined,
  full: readFileSync(join(__dirname, "full.stack.yaml"), "utf8"),
  "with servers that are slow to stop": `config:
  muster:wbot: { redis: { terminationGracePeriodSeconds: 900 } }
  muster:thebot: { postgresql: { terminationGracePeriodSeconds: 3000 }, rolloutTimeoutSeconds: 300 }
`,
};

test.each(Object.entries(texts))(
  "stack %s: no roll-out fails while pods of before may still stop",
  async (_, text) => {
    const config = configOf("prod", text);
    const made = declaredSystems(config).map(({ declared, secrets }) =>
      resourcesOf({ declared, secrets: { ...secrets, onepassword: undefined } }, config.stack),
    );
    const workloads = (await Promise.all(made)).flat().filter(isRolledOut);
    expect(workloads.length).toBeGreaterThan(5);
    expect(workloads.filter((each) => timeout(each) < grace(each)).map(({ name }) => name)).toEqual([]);
  },
);

test.each([
  ["agentsmith", "dispatcher: { rolloutTimeoutSeconds: 44 }", "dispatcher", 45],
  ["vomeet-bot", "botManager: { terminationGracePeriodSeconds: 700 }", "botManager", 700],
  ["wbot", "ai: { rolloutTimeoutSeconds: 59 }", "ai", 60],
  ["rtc-egress", "webDispatch: { rolloutTimeoutSeconds: 29 }", "webDispatch", 30],
])("of %s, %s is refused", (system, settings, workload, least) => {
  using directory = new StackDirectory();
  const { errors } = directory.refusal(`config:\n  muster:${system}: { ${settings} }\n`);
  expect(errors).toMatchObject([
    {
      path: `muster:${system}.${workload}.rolloutTimeoutSeconds`,
      message: expect.stringContaining(`less than terminationGracePeriodSeconds, ${least}`),
    },
  ]);
});

function isRolledOut({ type }: DeclaredResource): boolean {
  return /:(Deployment|StatefulSet)$/.test(type);
}

function timeout({ inputs }: DeclaredResource): number {
  const { annotations } = inputs.metadata as { annotations: Record<string, string> };
  return Number(annotations["pulumi.com/timeoutSeconds"]);
}

function grace({ inputs }: DeclaredResource): number {
  const { template } = inputs.spec as { template: { spec: { terminationGracePeriodSeconds: number } } };
  return template.spec.terminationGracePeriodSeconds;
}
