import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../cluster/api-server";
import { withValue } from "../../cluster/comparison/as-left";
import { bearsOnSafety, type Handling, handlingOf } from "../../cluster/comparison/handling";

const deployment: KubernetesObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop" },
};
const spec = (...steps: readonly string[]) => ["f:spec", ...steps];
const pullPolicy = spec("f:template", "f:spec", "f:containers", 'k:{"name":"web"}', "f:imagePullPolicy");

describe("what config says of what others change", () => {
  const lines: readonly Handling[] = [
    { kind: "Deployment", field: "spec.template.spec.containers[*].imagePullPolicy", action: "leave" },
    { kind: "Deployment", namespace: "shop", name: "web", field: "spec.replicas", action: "fail" },
    { kind: "Deployment", field: "spec.strategy", action: "leave" },
    { kind: "Deployment", name: "api", action: "leave" },
  ];

  test("goes by the first line that fits: kind, namespace, name, and the field with what is in it", () => {
    expect(handlingOf(lines, deployment, pullPolicy)).toBe("leave");
    expect(handlingOf(lines, deployment, spec("f:replicas"))).toBe("fail");
    expect(handlingOf(lines, deployment, spec("f:strategy", "f:rollingUpdate"))).toBe("leave");
    expect(handlingOf(lines, deployment, spec("f:strategyOfAnother"))).toBeUndefined();
    const elsewhere = { ...deployment, metadata: { name: "web", namespace: "other" } };
    expect(handlingOf(lines, elsewhere, spec("f:replicas"))).toBeUndefined();
    const other = { ...deployment, metadata: { name: "api", namespace: "shop" } };
    expect(handlingOf(lines, other, spec("f:replicas"))).toBe("leave");
    expect(handlingOf(lines, { ...deployment, kind: "Service" }, pullPolicy)).toBeUndefined();
  });

  test("leaves nothing that bears on safety", () => {
    expect(bearsOnSafety(deployment, pullPolicy)).toBe(true);
    expect(bearsOnSafety(deployment, spec("f:replicas"))).toBe(false);
    expect(bearsOnSafety({ ...deployment, kind: "Service" }, spec("f:selector"))).toBe(true);
    expect(bearsOnSafety({ ...deployment, kind: "Service" }, spec("f:ports"))).toBe(false);
    for (const kind of ["Role", "NetworkPolicy", "Secret", "ResourceQuota", "Namespace"])
      expect(bearsOnSafety({ ...deployment, kind }, ["f:anything"])).toBe(true);
  });
});

describe("a declaration with what is left as others have it", () => {
  const containers = [{ name: "side" }, { name: "web", imagePullPolicy: "IfNotPresent" }];
  const declared = { spec: { replicas: 1, template: { spec: { containers } } } };

  test("has their value, there alone", () => {
    expect(withValue(declared, pullPolicy, "Always")).toEqual({
      spec: {
        replicas: 1,
        template: { spec: { containers: [containers[0], { name: "web", imagePullPolicy: "Always" }] } },
      },
    });
    expect(declared.spec.template.spec.containers[1]).toEqual(containers[1]);
  });

  test("lacks what they took out, and keeps what only an update knows", () => {
    expect(withValue(declared, spec("f:replicas"), undefined)).toEqual({
      spec: { template: declared.spec.template },
    });
    const known = pulumi.output({ replicas: 1 });
    expect(withValue({ spec: known }, spec("f:replicas"), 2)).toEqual({ spec: known });
  });
});
