import { expect, test } from "vitest";
import { declaredSystems } from "../../systems";
import { configOf, resourcesOf, shippedResources } from "./shipped-stack";

test.each([
  ["agentsmith", "agent"],
  ["vomeet-bot", "vomeet-bot"],
])(
  "%s limits how long a Job of its dispatcher runs, and not how long it waits for a place",
  async (system, job) => {
    const resources = (await shippedResources("dev")).get(system)!;
    const file = resources.find(
      ({ type, name }) => type.endsWith(":ConfigMap") && name.endsWith(`${job}-job`),
    );
    const { spec } = JSON.parse((file!.inputs.data as Record<string, string>)["job.json"]!);
    expect(spec.template.spec.activeDeadlineSeconds).toBe(7200);
    expect(spec).not.toHaveProperty("activeDeadlineSeconds");
  },
);

test.each([
  ["{}", "agent", ["ResourceFlavor", "ClusterQueue", "LocalQueue"]],
  ["{ localQueue: team }", "team", []],
])("with queue: %s its Jobs wait in queue %s", async (queue, label, made) => {
  const text = `config:\n  muster:agentsmith: { spawner: { maxRunningJobs: 3, queue: ${queue} }, config: stacks/dev/agentsmith.yml }\n`;
  const resources = await resourcesOf(declaredSystems(configOf("dev", text))[0]!, "dev");
  const file = resources.find(({ name, type }) => type.endsWith(":ConfigMap") && name.endsWith("agent-job"))!;
  const job = JSON.parse((file.inputs.data as Record<string, string>)["job.json"]!);
  expect(job.metadata.labels["kueue.x-k8s.io/queue-name"]).toBe(label);
  const ofKueue = resources.filter(({ type }) => type.includes("kueue.x-k8s.io"));
  expect(ofKueue.map(({ inputs }) => inputs.kind)).toEqual(made);
  // Every resource that a Job's pod asks for is covered, and as many pods as may run find room.
  for (const { inputs } of ofKueue.filter(({ inputs }) => inputs.kind === "ClusterQueue"))
    expect(inputs.spec).toMatchObject({
      queueingStrategy: "StrictFIFO",
      resourceGroups: [
        {
          coveredResources: ["pods", "cpu", "memory", "ephemeral-storage"],
          flavors: [
            {
              name: "agentsmith-dev-agent",
              resources: [
                { name: "pods", nominalQuota: "3" },
                { name: "cpu", nominalQuota: "3000m" },
                { name: "memory", nominalQuota: "3Gi" },
                { name: "ephemeral-storage", nominalQuota: "18Gi" },
              ],
            },
          ],
        },
      ],
    });
});
