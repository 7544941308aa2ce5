import { describe, expect, test } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";

const api = kubernetes();

/** What the document says of an environment: sizes are requests and limits of CPU and memory. */
interface Documented {
  readonly sizes: Readonly<Record<string, string>>;
  readonly autoscalers: Readonly<Record<string, string>>;
  readonly budgets: Readonly<Record<string, object>>;
  readonly volumes: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly images: { readonly backend: string; readonly pullPolicy: string };
  readonly hosts: readonly string[];
  readonly tls: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly maxMemory: string;
}

const nginx = (name: string) => `nginx.ingress.kubernetes.io/${name}`;
const always = { [nginx("proxy-body-size")]: "50m", [nginx("proxy-read-timeout")]: "86400" };
const scaleDown = "down 300s Percent 50/60s";
const jobs = "250m 256Mi, 500m 512Mi";
const smoke = "10m 16Mi, 500m 64Mi";

const documents: Readonly<Record<"dev" | "staging" | "prod", Documented>> = {
  dev: {
    sizes: {
      "thebot-backend": "1 × 250m 256Mi, 500m 512Mi",
      "thebot-celery": "1 × 250m 256Mi, 500m 512Mi",
      "thebot-celery-beat": "1 × 100m 128Mi, 200m 256Mi",
      "thebot-frontend": "1 × 100m 128Mi, 200m 256Mi",
      "thebot-postgres": "1 × 250m 256Mi, 1 1Gi",
      "thebot-redis": "1 × 100m 128Mi, 500m 512Mi",
      "thebot-migrate": jobs,
      "thebot-collectstatic": jobs,
      smoke,
    },
    autoscalers: {},
    budgets: {},
    volumes: {
      "data-thebot-postgres-0": "5Gi standard ReadWriteOnce",
      "data-thebot-redis-0": "2Gi standard ReadWriteOnce",
      "thebot-static": "1Gi standard ReadWriteMany",
      "thebot-media": "2Gi standard ReadWriteMany",
    },
    settings: {
      ENVIRONMENT: "development",
      DEBUG: "True",
      LOG_LEVEL: "DEBUG",
      CACHE_TIMEOUT: "300",
      API_PAGE_SIZE: "20",
      API_RATE_LIMIT: "10000/hour",
      DATABASE_NAME: "thebot",
    },
    environment: {
      ALLOWED_HOSTS: "thebot.local,localhost,127.0.0.1,$(POD_IP),[$(POD_IP)]",
      FRONTEND_URL: "http://localhost:8080",
    },
    images: { backend: "thebot/backend:latest", pullPolicy: "Never" },
    hosts: ["thebot.local"],
    tls: false,
    annotations: always,
    maxMemory: "384mb",
  },
  staging: {
    sizes: {
      "thebot-backend": "2 × 500m 512Mi, 1 1Gi",
      "thebot-celery": "2 × 500m 512Mi, 1 1Gi",
      "thebot-celery-beat": "1 × 100m 128Mi, 200m 256Mi",
      "thebot-frontend": "2 × 200m 256Mi, 400m 512Mi",
      "thebot-postgres": "1 × 500m 512Mi, 2 2Gi",
      "thebot-redis": "1 × 250m 256Mi, 1 1Gi",
      "thebot-migrate": jobs,
      "thebot-collectstatic": jobs,
      smoke,
    },
    autoscalers: {
      "thebot-backend": `2–4 cpu 75 memory 80, up 0s Percent 100/15s Pods 2/60s, ${scaleDown}`,
      "thebot-celery": `2–4 cpu 80, up 60s Percent 100/30s Pods 2/60s, ${scaleDown}`,
      "thebot-frontend": `2–3 cpu 75, up 0s Percent 100/15s Pods 1/60s, ${scaleDown}`,
    },
    budgets: {
      "thebot-backend": { minAvailable: 1 },
      "thebot-celery": { maxUnavailable: 1 },
      "thebot-frontend": { maxUnavailable: 1 },
    },
    volumes: {
      "data-thebot-postgres-0": "20Gi ssd ReadWriteOnce",
      "data-thebot-redis-0": "10Gi ssd ReadWriteOnce",
      "thebot-static": "5Gi ssd ReadWriteMany",
      "thebot-media": "10Gi ssd ReadWriteMany",
    },
    settings: {
      ENVIRONMENT: "production",
      DEBUG: "False",
      LOG_LEVEL: "INFO",
      CACHE_TIMEOUT: "1800",
      API_PAGE_SIZE: "20",
      API_RATE_LIMIT: "5000/hour",
      DATABASE_NAME: "thebot_staging",
    },
    environment: {
      ALLOWED_HOSTS: "staging.thebot.com,api.staging.thebot.com,$(POD_IP),[$(POD_IP)]",
      FRONTEND_URL: "https://staging.thebot.com",
    },
    images: { backend: "thebot/backend:staging", pullPolicy: "Always" },
    hosts: ["staging.thebot.com", "api.staging.thebot.com"],
    tls: true,
    annotations: {
      ...always,
      [nginx("force-ssl-redirect")]: "true",
      [nginx("limit-rps")]: "100",
      "cert-manager.io/cluster-issuer": "letsencrypt-staging",
    },
    maxMemory: "768mb",
  },
  prod: {
    sizes: {
      "thebot-backend": "3 × 1 1Gi, 2 2Gi",
      "thebot-celery": "3 × 1 1Gi, 2 2Gi",
      "thebot-celery-beat": "1 × 250m 256Mi, 500m 512Mi",
      "thebot-frontend": "3 × 500m 512Mi, 1 1Gi",
      "thebot-postgres": "1 × 2 2Gi, 4 4Gi",
      "thebot-redis": "1 × 1 1Gi, 2 2Gi",
      "thebot-migrate": jobs,
      "thebot-collectstatic": jobs,
      smoke,
    },
    autoscalers: {
      "thebot-backend": `3–10 cpu 70 memory 80, up 0s Percent 100/15s Pods 2/60s, ${scaleDown}`,
      "thebot-celery": `3–8 cpu 75, up 60s Percent 100/30s Pods 2/60s, ${scaleDown}`,
      "thebot-frontend": `3–5 cpu 70, up 0s Percent 100/15s Pods 1/60s, ${scaleDown}`,
    },
    budgets: {
      "thebot-backend": { minAvailable: 2 },
      "thebot-celery": { maxUnavailable: 1 },
      "thebot-frontend": { maxUnavailable: 1 },
    },
    volumes: {
      "data-thebot-postgres-0": "100Gi fast-ssd ReadWriteOnce",
      "data-thebot-redis-0": "50Gi fast-ssd ReadWriteOnce",
      "thebot-static": "20Gi fast-ssd ReadWriteMany",
      "thebot-media": "100Gi fast-ssd ReadWriteMany",
    },
    settings: {
      ENVIRONMENT: "production",
      DEBUG: "False",
      LOG_LEVEL: "WARNING",
      CACHE_TIMEOUT: "3600",
      API_PAGE_SIZE: "50",
      API_RATE_LIMIT: "1000/hour",
      DATABASE_NAME: "thebot_prod",
    },
    environment: {
      ALLOWED_HOSTS: "thebot.com,www.thebot.com,api.thebot.com,$(POD_IP),[$(POD_IP)]",
      FRONTEND_URL: "https://thebot.com",
    },
    images: { backend: "thebot/backend:v1.0.0", pullPolicy: "IfNotPresent" },
    hosts: ["thebot.com", "www.thebot.com", "api.thebot.com"],
    tls: true,
    annotations: {
      ...always,
      [nginx("force-ssl-redirect")]: "true",
      [nginx("limit-rps")]: "100",
      [nginx("enable-cors")]: "true",
      [nginx("cors-allow-origin")]: "https://thebot.com",
      "cert-manager.io/cluster-issuer": "letsencrypt-prod",
    },
    maxMemory: "1536mb",
  },
};

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
