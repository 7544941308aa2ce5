import type { ConfigFilesDeclaration } from "../components/config-files";
import type { SystemDeclaration } from "../components/declaration";
import { leastReplicas } from "../components/deployment";
import { type Edge, internet } from "../components/edge";
import type { Environment } from "../components/environment";
import { route } from "../components/ingress";
import { jobWorkload } from "../components/job";
import { managedPostgresql, managedRedis } from "../components/managed";
import { claim } from "../components/persistent-volume-claim";
import { podOptions } from "../components/pod-template";
import { postgresqlUrl, postgresqlWorkload } from "../components/postgresql";
import { probes } from "../components/probe";
import { redisUrl, redisWorkload } from "../components/redis";
import type { SecretDeclaration } from "../components/secret";
import { serviceWorkload } from "../components/service";
import { workerWorkload } from "../components/worker";
import { type ThebotConfig, thebotSecrets } from "../config/thebot";

/** An educational platform: Django behind a frontend, with workers and a clock, a database and a Redis. */
export function thebot(config: ThebotConfig): SystemDeclaration {
  const database = databaseOf(config);
  const redis = redisOf(config);
  const inCluster = [database, redis].filter((server) => "image" in server);
  const timeoutSeconds = config.rolloutTimeoutSeconds;

  const secrets = {
    name: "thebot-secrets",
    keys: { ...thebotSecrets, DATABASE_URL: postgresqlUrl(database), REDIS_URL: redisUrl(redis) },
  } satisfies SecretDeclaration;

  const settings: ConfigFilesDeclaration = { name: "thebot-config", files: settingsOf(config, database) };

  const statics = claim({
    name: "thebot-static",
    accessMode: "ReadWriteMany",
    ...config.volumes.static,
  });
  const media = claim({
    name: "thebot-media",
    accessMode: "ReadWriteMany",
    ...config.volumes.media,
  });

  /** What all pods of the Django image have in common. */
  const django = {
    image: config.image.backend,
    user: 1000,
    environmentFrom: [settings, secrets],
    environment: environmentOf(config),
  };

  const job = { ...django, ...config.jobs };
  const migrate = jobWorkload({
    ...job,
    name: "thebot-migrate",
    component: "migrate",
    command: ["python", "manage.py", "migrate", "--noinput"],
    writable: { "/tmp": "64Mi" },
    uses: [database, redis],
  });
  const collectstatic = jobWorkload({
    ...job,
    name: "thebot-collectstatic",
    component: "collectstatic",
    // Without --clear, the pods that still run keep the files that their pages name.
    command: ["python", "manage.py", "collectstatic", "--noinput"],
    mounts: [{ path: "/app/staticfiles", from: statics }],
    writable: { "/tmp": "64Mi" },
    uses: [],
    after: inCluster,
  });

  const services: Edge[] = [database, redis, internet("YooKassa, OpenRouter, Telegram and Pachca")];
  // As the ingress controller would say it: Django sends plain requests on to HTTPS, also those of the kubelet.
  const headers = { "X-Forwarded-Proto": "https" };
  const backend = serviceWorkload({
    ...django,
    name: "thebot-backend",
    component: "backend",
    after: [migrate, collectstatic],
    ports: { http: 8000 },
    scale: config.backend.scale,
    budget: { minAvailable: Math.max(1, leastReplicas(config.backend.scale) - 1) },
    timeoutSeconds,
    mounts: [
      { path: "/app/staticfiles", from: statics, readOnly: true },
      { path: "/app/media", from: media },
    ],
    writable: { "/tmp": "256Mi" },
    ...probes(config.backend.probes, {
      alive: { path: "/api/system/health/live/", port: "http", headers },
      ready: { path: "/api/system/health/startup/", port: "http", headers },
    }),
    metrics: { port: "http", path: "/api/system/metrics/prometheus/", intervalSeconds: 15 },
    resources: config.backend.resources,
    uses: services,
    ...podOptions(config.backend),
  });

  const frontend = serviceWorkload({
    name: "thebot-frontend",
    component: "frontend",
    image: config.image.frontend,
    // The user nginx of the official image.
    user: 101,
    ports: { http: 80 },
    scale: config.frontend.scale,
    timeoutSeconds,
    writable: { "/tmp": "64Mi", "/var/cache/nginx": "256Mi", "/var/run": "16Mi" },
    ...probes(config.frontend.probes, { alive: { path: "/", port: "http" } }),
    resources: config.frontend.resources,
    uses: [],
    ...podOptions(config.frontend),
  });

  // Asked over the queue, which CELERY_BROKER_URL names: without Django, that takes a second.
  const ping = 'celery inspect ping --destination "worker@$POD_NAME" --timeout 10';
  const celery = workerWorkload({
    ...django,
    name: "thebot-celery",
    component: "celery",
    after: [migrate],
    command: ["celery", "-A", "config", "worker", "-l", "info", "--hostname", "worker@$(POD_NAME)"],
    scale: config.celery.scale,
    timeoutSeconds,
    ...probes(config.celery.probes, {
      // Where the queue itself does not answer, a restart of the worker mends nothing.
      alive: { command: ["sh", "-c", `! timeout 20 ${ping} 2>&1 | grep -q "No nodes replied"`] },
      ready: { command: ["sh", "-c", `timeout 20 ${ping}`] },
      started: { command: ["sh", "-c", `timeout 20 ${ping}`] },
    }),
    writable: { "/tmp": "256Mi" },
    resources: config.celery.resources,
    uses: services,
    ...podOptions(config.celery),
  });

  const celeryBeat = workerWorkload({
    ...django,
    name: "thebot-celery-beat",
    component: "celery-beat",
    after: [migrate],
    command: [
      "celery",
      "-A",
      "config",
      "beat",
      "-l",
      "info",
      "--scheduler",
      "django_celery_beat.schedulers:DatabaseScheduler",
    ],
    // Two clocks would send every task twice.
    scale: { single: true },
    timeoutSeconds,
    writable: { "/tmp": "64Mi", "/app/celery": "64Mi" },
    resources: config.celeryBeat.resources,
    uses: [database, redis],
    ...podOptions(config.celeryBeat),
  });

  return {
    name: "thebot",
    namespace: config.namespace,
    imagePullPolicy: config.image.pullPolicy,
    imagePullSecrets: config.imagePullSecrets,
    placement: config.placement,
    workloads: [...inCluster, migrate, collectstatic, backend, frontend, celery, celeryBeat],
    monitoring: config.monitoring,
    ingress: config.ingress && {
      ...config.ingress,
      name: "thebot",
      hosts: [config.ingress.host, ...config.ingress.aliases].map((host) => ({
        host,
        routes: [
          route("/", frontend, "http"),
          ...["/api", "/admin", "/ws"].map((path) => route(path, backend, "http")),
        ],
      })),
    },
  };
}

function databaseOf({ managedDatabase, postgresql, rolloutTimeoutSeconds }: ThebotConfig) {
  if (managedDatabase) return managedPostgresql({ ...managedDatabase, passwordKey: "POSTGRES_PASSWORD" });
  const timeoutSeconds = rolloutTimeoutSeconds;
  return postgresqlWorkload({
    ...postgresql,
    name: "thebot-postgres",
    component: "postgres",
    timeoutSeconds,
  });
}

function redisOf({ managedRedis: managed, redis, rolloutTimeoutSeconds }: ThebotConfig) {
  if (managed) return managedRedis({ ...managed, passwordKey: "REDIS_PASSWORD" });
  const { storage, ...rest } = redis;
  return redisWorkload({
    ...rest,
    name: "thebot-redis",
    component: "redis",
    persistence: storage,
    timeoutSeconds: rolloutTimeoutSeconds,
  });
}

/** The settings that are the same in all pods of the Django image, and no secret. */
function settingsOf({ django }: ThebotConfig, { database }: { readonly database: string }) {
  return {
    DJANGO_SETTINGS_MODULE: "config.settings",
    K8S_ENVIRONMENT: "true",
    ENVIRONMENT: django.environment,
    DEBUG: django.debug ? "True" : "False",
    LOG_LEVEL: django.logLevel,
    CACHE_TIMEOUT: `${django.cacheTimeout}`,
    API_PAGE_SIZE: `${django.apiPageSize}`,
    API_RATE_LIMIT: django.apiRateLimit,
    DATABASE_ENGINE: "postgresql",
    DATABASE_NAME: database,
    REDIS_BACKEND: "redis",
  };
}

/** What follows from the ingress, the database and Redis, and differs from pod to pod. */
function environmentOf({ django, ingress, managedDatabase, managedRedis }: ThebotConfig): Environment {
  const hosts = ingress ? [ingress.host, ...ingress.aliases] : [];
  const origin = ingress ? `${ingress.tls ? "https" : "http"}://${ingress.host}` : "http://localhost:8080";
  // Celery wants to be told whom a TLS connection may end at.
  const tls = managedRedis?.tls ? "?ssl_cert_reqs=CERT_REQUIRED" : "";
  return {
    POD_NAMESPACE: { field: "metadata.namespace" },
    POD_NAME: { field: "metadata.name" },
    POD_IP: { field: "status.podIP" },
    // The kubelet and Prometheus ask for the pod by its address.
    ALLOWED_HOSTS: [...hosts, ...django.allowedHosts, "$(POD_IP)"].join(","),
    FRONTEND_URL: django.frontendUrl ?? origin,
    // Databases of the Redis whose URL, with its password, is in the Secret.
    CELERY_BROKER_URL: `$(REDIS_URL)/0${tls}`,
    CELERY_RESULT_BACKEND: `$(REDIS_URL)/1${tls}`,
    DB_SSLMODE: managedDatabase ? "require" : "disable",
  };
}
