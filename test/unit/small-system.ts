import type { SystemDeclaration } from "../../components/declaration";
import { kubernetesApi } from "../../components/edge";
import { route } from "../../components/ingress";
import { jobTemplateWorkload } from "../../components/job-template";
import { postgresqlWorkload } from "../../components/postgresql";
import { redisUrl, redisWorkload } from "../../components/redis";
import type { SecretDeclaration } from "../../components/secret";
import { type ServiceDeclaration, serviceWorkload } from "../../components/service";
import { workerWorkload } from "../../components/worker";

// A shop: a website over an API, a worker that mails, and a Redis.

const resources = {
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { cpu: "1", memory: "256Mi" },
};

const timing = { periodSeconds: 10, timeoutSeconds: 1 };

/** What every pod of the shop says. */
export const pod = { image: "shop:1", user: 1000, resources, imagePullSecrets: [], placement: {} };

export const redis = redisWorkload({
  name: "redis",
  image: "redis:7-alpine",
  maxMemory: "64mb",
  maxMemoryPolicy: "noeviction",
  resources,
  imagePullSecrets: [],
  placement: {},
  probes: { startup: timing, liveness: timing, readiness: timing },
});

/** Not among the shop's own. */
export const postgresql = postgresqlWorkload({
  name: "db",
  image: "postgres:17",
  database: "shop",
  user: "shop",
  storage: { size: "1Gi" },
  sharedMemory: "32Mi",
  resources,
  imagePullSecrets: [],
  placement: {},
  probes: { startup: timing, liveness: timing, readiness: timing },
});

export const secrets = {
  name: "shop-secrets",
  keys: { "redis-url": redisUrl(redis), "mail-token": { required: true, neededBy: "the mailer" } },
} satisfies SecretDeclaration;

export const api = serviceWorkload({
  ...pod,
  name: "api",
  ports: { http: 8080, metrics: 9090 },
  scale: { replicas: 1 },
  environment: { REDIS_URL: { secret: secrets, key: "redis-url" } },
  readiness: { check: { path: "/ready", port: "http" }, ...timing },
  metrics: { port: "metrics", path: "/metrics", intervalSeconds: 30 },
  uses: [redis],
});

export const web = serviceWorkload({
  ...pod,
  name: "web",
  ports: { http: 3000 },
  scale: { replicas: 2 },
  uses: [api],
});

export const mailer = workerWorkload({
  ...pod,
  name: "mailer",
  scale: { single: true },
  environment: { MAIL_TOKEN: { secret: secrets, key: "mail-token" } },
  uses: [redis],
});

const report = jobTemplateWorkload({
  ...pod,
  name: "report",
  ttlSecondsAfterFinished: 60,
  activeDeadlineSeconds: 600,
  maxRunning: 2,
  uses: [api],
});

export const reporter = {
  ...pod,
  kind: "dispatcher" as const,
  name: "reporter",
  ports: { http: 8080 },
  scale: { replicas: 1 },
  uses: [kubernetesApi],
  spawns: report,
  may: [{ apiGroup: "batch", resources: ["jobs"], verbs: ["create"] }],
};

export const ingress = {
  name: "shop",
  tls: false,
  className: "nginx",
  annotations: {},
  controllerNamespace: "ingress-nginx",
  hosts: [{ host: "shop.example.com", routes: [route("/", web, "http")] }],
};

export const shop: SystemDeclaration = {
  name: "shop",
  namespace: "shop",
  imagePullPolicy: "IfNotPresent",
  imagePullSecrets: [],
  placement: {},
  workloads: [web, api, mailer, reporter, redis],
  ingress,
};

/** A service of the shop that is not typed by its ports, as one that a program puts together. */
export function untyped(declared: Partial<ServiceDeclaration>) {
  return { ...api, ...declared } as typeof api;
}
