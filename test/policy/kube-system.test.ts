import { describe, expect, test } from "vitest";
import { examineStack } from "../../policies/examine";
import { Field } from "../../policies/field";
import { Resource } from "../../policies/resource";
import { settingsOf } from "../../policies/settings";
import { Stack } from "../../policies/stack";
import { allRules, type Json } from "./objects";

// The pods and Services of kube-system are the cluster's own: a stack holds them only where it declares some.

const inKubeSystem = (type: string, body: Json) =>
  new Resource(
    `kubernetes:${type}`,
    "dns",
    new Field({ metadata: { name: "dns", namespace: "kube-system" }, ...body }),
  );
const labels = { "k8s-app": "node-cache" };
const pods = inKubeSystem("apps/v1:DaemonSet", { spec: { template: { metadata: { labels } } } });
const service = inKubeSystem("v1:Service", {
  metadata: { name: "node-cache", namespace: "kube-system", labels },
  spec: { ports: [{ name: "metrics", port: 9253 }] },
});

const matchLabels = { "k8s-app": "kube-dns" };
const selector = { matchLabels };

describe.each([
  ["service-selects", "v1:Service", { selector: matchLabels }, "selector", pods, service],
  ["budget-selects", "policy/v1:PodDisruptionBudget", { selector }, "selector", pods, service],
  [
    "policy-selects",
    "networking.k8s.io/v1:NetworkPolicy",
    { podSelector: selector },
    "podSelector",
    pods,
    service,
  ],
  ["monitor-selects", "monitoring.coreos.com/v1:PodMonitor", { selector }, "selector", pods, service],
  ["monitor-selects", "monitoring.coreos.com/v1:ServiceMonitor", { selector }, "selector", service, pods],
] as const)("%s: a %s of kube-system", (id, type, spec, path, selected, notSelected) => {
  const rule = allRules.find((each) => each.id === id)!;
  const found = (...declared: Resource[]) =>
    examineStack(rule, new Stack([inKubeSystem(type, { spec }), ...declared]), settingsOf(rule, {})).map(
      ({ subject, field }) => `${subject.label}: ${field.path}`,
    );

  test("may select what the cluster has", () => {
    expect(found()).toEqual([]);
    expect(found(notSelected)).toEqual([]);
  });

  test("selects something of what the stack declares there", () => {
    expect(found(selected)).toEqual([`${type.split(":")[1]} kube-system/dns: spec.${path}`]);
  });
});
