import { expect, test } from "vitest";
import { disownedInWords, isDisowned } from "../../cluster/comparison/adoption";
import { type DeclaredObject, declaredObjects } from "../../cluster/comparison/declared-objects";
import { cluster } from "../../components/cluster";
import { System } from "../../components/system";
import { shippedSystem } from "./shipped-stack";

async function namespaceWith(adopts: boolean): Promise<DeclaredObject> {
  const { declared, secrets } = shippedSystem("dev", "agentsmith");
  const objects = await declaredObjects({ project: "muster", stack: "dev" }, (noting) => {
    const opts = { provider: cluster({ name: "dev" }), transformations: [noting] };
    new System("agentsmith", { stack: "dev", declared, secrets, adopts }, opts);
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
