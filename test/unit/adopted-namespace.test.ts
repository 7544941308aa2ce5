import { expect, test } from "vitest";
import { disownedInWords, isDisowned } from "../../cluster/comparison/adoption";
import type { Comparison } from "../../cluster/comparison/compare";
import { type DeclaredObject, declaredObjects } from "../../cluster/comparison/declared-objects";
import { inJson } from "../../cluster/comparison/report";
import { cluster as findingsIn } from "../../commands/doctor/cluster";
import { cluster } from "../../components/cluster";
import { System } from "../../components/system";
import { shippedSystem } from "./shipped-stack";

async function namespaceWith(
  adopts: boolean,
  name: "agentsmith" | "thebot" = "agentsmith",
): Promise<DeclaredObject> {
  const { declared, secrets } = shippedSystem("dev", name);
  const objects = await declaredObjects({ project: "muster", stack: "dev" }, (noting) => {
    const opts = { provider: cluster({ name: "dev" }), transformations: [noting] };
    new System(name, { stack: "dev", declared, secrets, adopts }, opts);
  });
  return objects.find(({ manifest }) => manifest.kind === "Namespace")!;
}

test("a namespace that was taken over is remembered when the line is gone that says so, and no other", async () => {
  const [adopted, own] = [await namespaceWith(true), await namespaceWith(false)];
  const is = (object: DeclaredObject, live: DeclaredObject) => isDisowned({ object, live: live.manifest });
  expect(is(own, adopted)).toBe(true);
  expect([is(adopted, adopted), is(own, own), is(adopted, own)]).toEqual([false, false, false]);
  const words = disownedInWords([{ object: own, live: adopted.manifest }]);
  expect(words).toContain("pulumi config set --path muster:agentsmith.adopt true");
  expect(words).toContain("kubectl annotate namespace agentsmith-dev muster.dev/adopted-");
});

test("a namespace that is kept anyway needs no line, since nothing would delete it", async () => {
  const [adopted, kept] = [await namespaceWith(true, "thebot"), await namespaceWith(false, "thebot")];
  expect(kept.isKept).toBe(true);
  expect(isDisowned({ object: kept, live: adopted.manifest })).toBe(false);
});

test("programs hear of it, and doctor does not say that `up` mends what stops it", async () => {
  const [adopted, object] = [await namespaceWith(true), await namespaceWith(false)];
  const found = comparison({ disowned: [{ object, live: adopted.manifest }] });
  expect(inJson(found).disowned).toEqual([
    { kind: "Namespace", namespace: undefined, name: "agentsmith-dev" },
  ]);
  const mends = async (compared: Comparison) => {
    const reached = {
      api: { get: async () => ({}) },
      manifests: [],
      kinds: {},
      compare: async () => compared,
    };
    return (await findingsIn("dev", reached as never))
      .map(({ mend }) => mend)
      .filter(Boolean)
      .join();
  };
  expect(await mends(found)).toContain("to leave it: pulumi config set");
  expect(await mends(found)).not.toContain("Bring it back");
  expect(await mends(comparison({ gone: [object] }))).toContain("Bring it back: pulumi up --stack dev");
});

function comparison(part: Partial<Comparison>): Comparison {
  const none: readonly never[] = [];
  return {
    compared: 1,
    gone: none,
    goneFailing: none,
    drifted: none,
    strangers: none,
    adopted: none,
    disowned: none,
    oldPasswords: none,
    losses: none,
    ending: none,
    widened: none,
    widenedFailing: none,
    notAdmitted: none,
    unfitVolumes: none,
    moves: none,
    leftServers: none,
    lacking: none,
    unchecked: none,
    ...part,
  };
}
