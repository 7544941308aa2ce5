import { describe, expect, test } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { documents } from "./thebot-in-the-document";

const api = kubernetes();

/** Looks whether thebot, as it runs in a stack, has the document's numbers. */
export function thebotAsDocumented(stack: keyof typeof documents): void {
  const documented = documents[stack];
  const namespace = stack === "prod" ? "thebot" : `thebot-${stack}`;
  const of = (group: string, plural: string) => `/${group}/namespaces/${namespace}/${plural}`;
  const deployments = of("apis/apps/v1", "deployments");
  const backend = () => api.get(`${deployments}/thebot-backend`);

  describe("thebot has the document's numbers:", () => {
    test("pods and their sizes", async () => {
      const replicated = async () => [
        ...(await api.list(deployments)),
        ...(await api.list(of("apis/apps/v1", "statefulsets"))),
      ];
      // The autoscalers bring their Deployments to the least number once they look at them.
      const settled = async () =>
        (await replicated()).every(({ spec, status }) => status.readyReplicas === spec.replicas);
      const sizes = async () => {
        const ofJobs = (await api.list(of("apis/batch/v1", "jobs"))).map((job) => [
          job.metadata.name.replace(/-[0-9a-f]{8}$/, ""),
          size(job),
        ]);
        const ofOthers = (await replicated()).map((each) => [
          each.metadata.name,
          `${each.spec.replicas} × ${size(each)}`,
        ]);
        return Object.fromEntries([...ofOthers, ...ofJobs]);
      };
      await expect.poll(sizes).toEqual(documented.sizes);
      await expect.poll(settled).toBe(true);
    });

    test("autoscalers", async () => {
      const autoscalers = await api.list(of("apis/autoscaling/v2", "horizontalpodautoscalers"));
      expect(Object.fromEntries(autoscalers.map((each) => [each.metadata.name, scaling(each)]))).toEqual(
        documented.autoscalers,
      );
      for (const { metadata, spec } of autoscalers)
        expect(spec.scaleTargetRef).toMatchObject({ kind: "Deployment", name: metadata.name });
    });

    test("disruption budgets", async () => {
      const budgets = await api.list(of("apis/policy/v1", "poddisruptionbudgets"));
      const bounds = budgets.map(({ metadata, spec: { minAvailable, maxUnavailable } }) => [
        metadata.name,
        JSON.parse(JSON.stringify({ minAvailable, maxUnavailable })),
      ]);
      expect(Object.fromEntries(bounds)).toEqual(documented.budgets);
    });

    test("volumes, of which those that several pods mount can be", async () => {
      const claims = await api.list(of("api/v1", "persistentvolumeclaims"));
      const volumes = claims.map(({ metadata, spec }) => [
        metadata.name,
        `${spec.resources.requests.storage} ${spec.storageClassName} ${spec.accessModes}`,
      ]);
      expect(Object.fromEntries(volumes)).toEqual(documented.volumes);
    });

    test("a ConfigMap of 11 fields, and what follows from ingress, database and Redis", async () => {
      const { data } = await api.get(of("api/v1", "configmaps/thebot-config"));
      expect(Object.keys(data)).toHaveLength(11);
      expect(data).toEqual({
        ...documented.settings,
        DJANGO_SETTINGS_MODULE: "config.settings",
        K8S_ENVIRONMENT: "true",
        DATABASE_ENGINE: "postgresql",
        REDIS_BACKEND: "redis",
      });
      const { env } = (await backend()).spec.template.spec.containers[0];
      const plain = env.filter((each: { value?: string }) => each.value !== undefined);
      expect(
        Object.fromEntries(plain.map((each: { name: string; value: string }) => [each.name, each.value])),
      ).toEqual({
        ...documented.environment,
        CELERY_BROKER_URL: "$(REDIS_URL)/1",
        CELERY_RESULT_BACKEND: "$(REDIS_URL)/2",
        DB_SSLMODE: "disable",
        // The document's image can share WebSockets over no Redis that has a password.
        USE_REDIS_CHANNELS: "False",
      });
    });

    test("images, and how much Redis keeps", async () => {
      const [container] = (await backend()).spec.template.spec.containers;
      expect({ backend: container.image, pullPolicy: container.imagePullPolicy }).toEqual(documented.images);
      const { data } = await api.get(of("api/v1", "configmaps/thebot-redis-config"));
      expect(data["redis.conf"]).toContain(
        `\nmaxmemory ${documented.maxMemory}\nmaxmemory-policy volatile-lru\n`,
      );
      expect(data["redis.conf"]).toContain("\nappendonly yes\n");
    });

    test("the ingress: every host leads every path to where it is answered", async () => {
      const { metadata, spec } = await api.get(of("apis/networking.k8s.io/v1", "ingresses/thebot"));
      const backends = (paths: { path: string; backend: { service: { name: string } } }[]) =>
        paths.map(({ path, backend }) => `${path} ${backend.service.name}`);
      expect(
        spec.rules.map((rule: { host: string; http: { paths: [] } }) => [
          rule.host,
          ...backends(rule.http.paths),
        ]),
      ).toEqual(
        documented.hosts.map((host) => [
          host,
          "/ thebot-frontend",
          "/api thebot-backend",
          "/admin thebot-backend",
          "/ws thebot-backend",
          "/media thebot-backend",
          "/yookassa-webhook thebot-backend",
        ]),
      );
      expect(spec.tls).toEqual(
        documented.tls ? [{ hosts: documented.hosts, secretName: "thebot-tls" }] : undefined,
      );
      expect(metadata.annotations).toMatchObject(documented.annotations);
      const unexpected = Object.keys(metadata.annotations).filter((key) => !(key in documented.annotations));
      expect(
        unexpected.filter(
          (key) => !/proxy-send-timeout|cors-allow-(methods|credentials)|pulumi.com/.test(key),
        ),
      ).toEqual([]);
    });
  });
}

/** The requests and limits of a workload's container. */
function size({ spec }: KubernetesObject): string {
  const { requests, limits } = spec.template.spec.containers[0].resources;
  return `${requests.cpu} ${requests.memory}, ${limits.cpu} ${limits.memory}`;
}

/** An autoscaler in a line. */
function scaling({ spec }: KubernetesObject): string {
  interface Rules {
    stabilizationWindowSeconds: number;
    selectPolicy: string;
    policies: { type: string; value: number; periodSeconds: number }[];
  }
  const rules = ({ stabilizationWindowSeconds, selectPolicy, policies }: Rules) => {
    expect(selectPolicy).toBe("Max");
    const each = policies.map(({ type, value, periodSeconds }) => `${type} ${value}/${periodSeconds}s`);
    return [`${stabilizationWindowSeconds}s`, ...each].join(" ");
  };
  const metrics = spec.metrics.map(
    ({ resource }: { resource: { name: string; target: { averageUtilization: number } } }) =>
      `${resource.name} ${resource.target.averageUtilization}`,
  );
  const range = `${spec.minReplicas}–${spec.maxReplicas} ${metrics.join(" ")}`;
  return `${range}, up ${rules(spec.behavior.scaleUp)}, down ${rules(spec.behavior.scaleDown)}`;
}
