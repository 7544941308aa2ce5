import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test, vi } from "vitest";
import type { ReachedCluster } from "../../cluster/connect";
import { withPrerequisites } from "../../cluster/prerequisites";
import { declaredSystems } from "../../systems";
import { configOf } from "./shipped-stack";

afterEach(() => vi.restoreAllMocks());

// Some collectors bring ServiceMonitors and no PrometheusRules.
test.each<[string, string[], boolean | undefined, number]>([
  ["both", ["ServiceMonitor", "PrometheusRule"], true, 0],
  ["monitors alone", ["ServiceMonitor"], false, 1],
  ["neither", [], undefined, 1],
])("of monitoring, a cluster that serves %s gets what it serves", async (_, served, takesRules, warnings) => {
  const warn = vi.spyOn(pulumi.log, "warn").mockImplementation(async () => {});
  const kinds = {
    serve: (api: string) => api !== "monitoring.coreos.com/v1" || served.length > 0,
    collection: ({ kind }: { kind: string }) => (served.includes(kind) ? "/there" : undefined),
  };
  const all = declaredSystems(configOf("prod")).filter(({ declared }) => declared.name === "rtc-egress");
  const cluster = { kinds, isLocal: false } as unknown as ReachedCluster;
  const { systems } = await withPrerequisites({ systems: all, network: undefined }, cluster);
  expect(systems[0]!.declared.monitoring?.takesRules).toBe(takesRules);
  expect(warn).toHaveBeenCalledTimes(warnings);
});
