import { describe, expect, test } from "vitest";
import { objectsOf } from "./objects-of";
import { api, shop, web } from "./small-system";

// What components make of a declaration, without a cluster and without hooks.

describe("a small system", async () => {
  const { object } = await objectsOf(shop);

  test("has its namespace to itself, which denies what no edge opens", () => {
    expect(object("Namespace", "shop").metadata.labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    expect(object("NetworkPolicy", "default-deny").spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  test("a service answers on its ports, and those who use it are let in", () => {
    expect(object("Service", "api").spec.ports).toEqual([
      { name: "http", port: 8080, targetPort: "http" },
      { name: "metrics", port: 9090, targetPort: "metrics" },
    ]);
    const [from] = object("NetworkPolicy", "api").spec.ingress;
    expect(JSON.stringify(from.from)).toContain('"app.kubernetes.io/component":"web"');
  });

  test("a worker of which there is one never runs twice, and has no Service", () => {
    expect(object("Deployment", "mailer").spec).toMatchObject({
      replicas: 1,
      strategy: { type: "Recreate" },
    });
    expect(object("Service", "mailer")).toBeUndefined();
  });

  test("a worker that nothing can be asked of is ready once it has not crashed for a while", () => {
    const { minReadySeconds, template } = object("Deployment", "mailer").spec;
    expect(template.spec.containers[0].readinessProbe).toBeUndefined();
    expect(minReadySeconds).toBe(30);
  });

  test("two pods have a disruption budget, one has none", () => {
    expect(object("PodDisruptionBudget", "web").spec).toMatchObject({ maxUnavailable: 1 });
    expect(object("PodDisruptionBudget", "api")).toBeUndefined();
  });

  test("a dispatcher has a Role for what it may, and the template of its Jobs", () => {
    expect(object("Role", "reporter").rules).toEqual([
      { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create"] },
    ]);
    expect(object("PodTemplate", "report").template.spec).toMatchObject({ activeDeadlineSeconds: 600 });
    expect(object("Deployment", "reporter").spec.template.spec.automountServiceAccountToken).toBe(true);
    expect(object("Deployment", "api").spec.template.spec.automountServiceAccountToken).toBe(false);
  });

  test("Redis reads its password from a file, and nobody sees a secret", () => {
    expect(object("ConfigMap", "redis-config").data["redis.conf"]).toContain(
      "include /etc/redis-auth/auth.conf",
    );
    expect(JSON.stringify(object("Secret", "shop-secrets"))).not.toContain("given");
  });

  test("an ingress leads to the named port", () => {
    const [{ http }] = object("Ingress", "shop").spec.rules;
    expect(http.paths[0].backend.service).toEqual({ name: "web", port: { name: "http" } });
  });
});

test("pods go where they are placed, and their image is pulled with the Secrets that are named", async () => {
  const placed = { ...web, placement: { nodeSelector: { pool: "web" } }, imagePullSecrets: ["registry"] };
  const { object } = await objectsOf({
    ...shop,
    workloads: [placed, ...shop.workloads.filter((one) => one !== web)],
  });
  const { nodeSelector, imagePullSecrets } = object("Deployment", "web").spec.template.spec;
  expect([nodeSelector, imagePullSecrets]).toEqual([{ pool: "web" }, [{ name: "registry" }]]);
  expect(object("Deployment", api.name).spec.template.spec.nodeSelector).toBeUndefined();
});

test("a range of pods is an autoscaler's, and the Deployment says no number", async () => {
  const scale = { autoscaling: { minReplicas: 2, maxReplicas: 4, cpuUtilization: 70 } };
  const { object } = await objectsOf({
    ...shop,
    workloads: [{ ...web, scale }, ...shop.workloads.filter((one) => one !== web)],
  });
  expect(object("Deployment", "web").spec).not.toHaveProperty("replicas");
  expect(object("HorizontalPodAutoscaler", "web").spec).toMatchObject({ minReplicas: 2, maxReplicas: 4 });
});
