import { backupBefore, backupWorkload } from "../components/backup";
import type { ConfigFilesDeclaration } from "../components/config-files";
import type { SystemDeclaration } from "../components/declaration";
import { leastReplicas } from "../components/deployment";
import { type Edge, internet } from "../components/edge";
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
import { ask } from "../components/smoke";
import { workerWorkload } from "../components/worker";
import { type ThebotConfig, thebotSecrets } from "../config/thebot";
import { backupOf } from "./thebot-backup";
import { databaseVariables, environmentOf, hostsOf, settingsOf } from "./thebot-django";

/** What Django answers; the rest are the pages of the frontend. */
const backendPaths = ["/api", "/admin", "/ws", "/media", "/yookassa-webhook"];

// Four files of 10 MiB, and of each up to ten old ones. What is in them goes to the container's log as well.
const logs = { "/app/logs": "512Mi" };

// The application dumps the database and all media there every night, and keeps thirty. What does not fit into memory
// ends the dump; a disk that overflows would have the pod evicted.
const backupPath = "/tmp/backups";

/** An educational platform: Django behind a frontend, with workers and a clock, a database and a Redis. */
export function thebot(config: ThebotConfig): SystemDeclaration {
  const database = databaseOf(config);
  const redis = redisOf(config);
  const inCluster = [database, redis].filter((server) => "image" in server);
  const timeoutSeconds = config.rolloutTimeoutSeconds;

  const secrets = {
    name: "thebot-secrets",
    keys: {
      ...thebotSecrets,
      ...("server" in database
        ? { DB_PASSWORD: { passwordOf: database } }
        : { DATABASE_URL: postgresqlUrl(database) }),
      REDIS_URL: redisUrl(redis),
    },
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
  const backups =
    config.volumes.backups &&
    claim({ name: "thebot-backups", accessMode: "ReadWriteMany", ...config.volumes.backups });
  /** What requests and tasks write to. */
  const written = {
    mounts: [{ path: "/app/media", from: media }, ...(backups ? [{ path: backupPath, from: backups }] : [])],
    writable: {
      ...logs,
      "/tmp": "256Mi",
      ...(backups ? {} : { [backupPath]: { size: "1Mi", medium: "Memory" } as const }),
    },
  };

  /** What all pods of the Django image have in common. */
  const django = {
    image: config.image.backend,
    user: 1000,
    environmentFrom: [settings, secrets],
    environment: { ...environmentOf(config), ...databaseVariables(database) },
    ephemeralStorage: { request: "128Mi", limit: "1536Mi" },
  };
  const { celeryApp, logLevel } = config.django;
  const log = ["-l", logLevel.toLowerCase()];

  const job = { ...django, ...config.jobs };
  const migration = jobWorkload({
    ...job,
    name: "thebot-migrate",
    component: "migrate",
    command: ["python", "manage.py", "migrate", "--noinput"],
    writable: { ...logs, "/tmp": "64Mi" },
    uses: [database, redis],
  });
  const backup = backupOf(config);
  const scheduled = backup ? inCluster.map((server) => backupWorkload(server, backup)) : [];
  const before =
    config.backup?.beforeMigration && "image" in database ? [backupBefore(migration, database, backup!)] : [];
  const migrate = { ...migration, after: before };
  const collectstatic = jobWorkload({
    ...job,
    name: "thebot-collectstatic",
    component: "collectstatic",
    // Without --clear, the pods that still run keep the files that their pages name.
    command: ["python", "manage.py", "collectstatic", "--noinput"],
    // The settings want a database to be named.
    environment: { ...environmentOf(config), DATABASE_URL: "postgresql://nobody@nowhere/nothing" },
    mounts: [{ path: "/app/staticfiles", from: statics }],
    writable: { ...logs, "/tmp": "64Mi" },
    uses: [],
    after: inCluster,
  });

  const services: Edge[] = [database, redis, internet("YooKassa, OpenRouter, Telegram and Pachca")];
  // As the ingress controller would say it: Django sends plain requests on to HTTPS, also those of the kubelet.
  const headers = { "X-Forwarded-Proto": "https" };
  // It asks for both; health/ready/ would want a Celery worker too, and takes 3 s to ask for one.
  const ready = { path: "/api/system/health/startup/", port: "http", headers } as const;
  const backend = serviceWorkload({
    ...django,
    name: "thebot-backend",
    component: "backend",
    // The image's own entrypoint would migrate in every pod.
    command: ["daphne", "-b", "0.0.0.0", "-p", "8000", "--access-log", "-", "config.asgi:application"],
    after: [migrate, collectstatic],
    ports: { http: 8000 },
    scale: config.backend.scale,
    budget: { minAvailable: Math.max(1, leastReplicas(config.backend.scale) - 1) },
    timeoutSeconds,
    mounts: [{ path: "/app/staticfiles", from: statics, readOnly: true }, ...written.mounts],
    writable: written.writable,
    ...probes(config.backend.probes, {
      // The one page that needs neither Redis nor the database: also health/live/ counts its requests in Redis.
      alive: { path: "/admin/login/", port: "http", headers },
      ready,
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
    ports: { http: config.frontend.port },
    servicePorts: { http: 80 },
    scale: config.frontend.scale,
    timeoutSeconds,
    // The image's nginx does not start unless it finds this host, whose requests the ingress sends past it.
    hostAliases: { backend: "127.0.0.1" },
    mounts: [{ path: "/usr/share/nginx/html/static", from: statics, readOnly: true }],
    writable: { "/tmp": "64Mi", "/var/cache/nginx": "256Mi", "/var/run/nginx": "16Mi" },
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
    command: [
      ...["celery", "-A", celeryApp, "worker", ...log],
      ...["--concurrency", `${config.celery.concurrency}`, "--hostname", "worker@$(POD_NAME)"],
    ],
    scale: config.celery.scale,
    timeoutSeconds,
    ...probes(config.celery.probes, {
      // Where the queue itself does not answer, a restart of the worker mends nothing.
      alive: { command: ["sh", "-c", `! timeout 20 ${ping} 2>&1 | grep -q "No nodes replied"`] },
      ready: { command: ["sh", "-c", `timeout 20 ${ping}`] },
      started: { command: ["sh", "-c", `timeout 20 ${ping}`] },
    }),
    ...written,
    resources: config.celery.resources,
    uses: services,
    ...podOptions(config.celery),
  });

  const inDatabase = config.celeryBeat.scheduler === "database";
  const file = "/app/celery/celerybeat-schedule";
  const scheduler = inDatabase
    ? ["--scheduler", "django_celery_beat.schedulers:DatabaseScheduler"]
    : ["--schedule", file];
  const find = `find /app/celery -name "celerybeat-schedule*"`;
  const fileIsThere = { command: ["sh", "-c", `${find} | grep -q .`] };
  // It writes every three minutes. Half an hour without Redis ends it as well, which loses nothing.
  const fileIsWritten = { command: ["sh", "-c", `${find} -mmin -30 | grep -q .`] };
  const celeryBeat = workerWorkload({
    ...django,
    name: "thebot-celery-beat",
    component: "celery-beat",
    after: [migrate],
    command: ["celery", "-A", celeryApp, "beat", ...log, ...scheduler],
    // Two clocks would send every task twice.
    scale: { single: true },
    timeoutSeconds,
    ...(inDatabase ? {} : probes(config.celeryBeat.probes, { alive: fileIsWritten, ready: fileIsThere })),
    writable: { ...logs, "/tmp": "64Mi", "/app/celery": "64Mi" },
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
    workloads: [
      ...inCluster,
      ...scheduled,
      ...before,
      migrate,
      collectstatic,
      backend,
      frontend,
      celery,
      celeryBeat,
    ],
    smoke: config.smoke && {
      ...config.smoke,
      asks: [
        ask(backend, { ...ready, headers: { ...headers, Host: hostsOf(config)[0]! } }),
        ask(frontend, { path: "/", port: "http" }),
      ],
    },
    monitoring: config.monitoring,
    // Celery's own, of the database that CELERY_BROKER_URL names.
    queues: "image" in redis ? [{ name: "celery", redis, database: 1, keys: ["celery"] }] : [],
    ingress: config.ingress && {
      ...config.ingress,
      name: "thebot",
      hosts: [config.ingress.host, ...config.ingress.aliases].map((host) => ({
        host,
        routes: [route("/", frontend, "http"), ...backendPaths.map((path) => route(path, backend, "http"))],
      })),
    },
  };
}

function databaseOf({ managedDatabase, postgresql, backup, rolloutTimeoutSeconds }: ThebotConfig) {
  if (managedDatabase) return managedPostgresql({ ...managedDatabase, passwordKey: "POSTGRES_PASSWORD" });
  const timeoutSeconds = rolloutTimeoutSeconds;
  return postgresqlWorkload({
    ...postgresql,
    name: "thebot-postgres",
    ownPassword: "POSTGRES_PASSWORD",
    superuserLogin: backup !== undefined,
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
    ownPassword: "REDIS_PASSWORD",
    component: "redis",
    persistence: storage,
    timeoutSeconds: rolloutTimeoutSeconds,
  });
}
