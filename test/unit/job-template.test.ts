import { expect, test } from "vitest";
import { shippedResources } from "./shipped-stack";

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
