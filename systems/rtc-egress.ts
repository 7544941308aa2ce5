import { stringify } from "yaml";
import type { ConfigFilesDeclaration } from "../components/config-files";
import type { SystemDeclaration } from "../components/declaration";
import { address, internet, type Ports } from "../components/edge";
import { type Environment, secretKey } from "../components/environment";
import { managedRedis, serverAddress } from "../components/managed";
import { claim } from "../components/persistent-volume-claim";
import { probes } from "../components/probe";
import { redisWorkload } from "../components/redis";
import type { SecretDeclaration } from "../components/secret";
import { serviceWorkload } from "../components/service";
import { ask } from "../components/smoke";
import { type RtcEgressConfig, rtcEgressSecrets as supplied } from "../config/rtc-egress";

// Agora's native SDK has no list of ports (https://docs.agora.io/en/introduction/firewall): media is UDP on any of them.
const media: readonly Ports[] = [443, 80, { protocol: "UDP", from: 1024, to: 65535 }];

/** Recorders that take their tasks from a queue in Redis, and a notifier that tells what becomes of them. */
export function rtcEgress(config: RtcEgressConfig): SystemDeclaration {
  const { storage: persistence, ...inMemory } = config.redis;
  const own = redisWorkload({
    name: "redis",
    ownPassword: "redis-password",
    // Generic and string commands, by key: how the notifier hears of every change of a task.
    keyspaceEvents: "Kg$",
    ...inMemory,
    persistence,
  });
  const redis = config.managedRedis
    ? managedRedis({ ...config.managedRedis, tls: false, passwordKey: "redis-password" })
    : own;

  const agora = { name: "agora-secrets", keys: { "app-id": supplied["app-id"] } } satisfies SecretDeclaration;
  const queue = {
    name: "redis-secrets",
    keys: { password: { passwordOf: redis } },
  } satisfies SecretDeclaration;
  const webhook = {
    name: "webhook-secrets",
    keys: {
      url: { ...supplied["webhook-url"], from: "webhook-url" },
      "auth-token": { ...supplied["webhook-auth-token"], from: "webhook-auth-token" },
    },
  } satisfies SecretDeclaration;
  const recorderAccess = {
    name: "web-recorder-secrets",
    keys: { "auth-token": { ...supplied["web-recorder-auth-token"], from: "web-recorder-auth-token" } },
  } satisfies SecretDeclaration;

  const redisAddress = serverAddress(redis);
  // What the programs of the document's time read, and under its other name, what those of today do.
  const region = { POD_REGION: config.region, SERVER_REGION: config.region };
  const workers = (count: number) => ({ POD_WORKERS: `${count}`, SERVER_WORKERS: `${count}` });
  const common: Environment = {
    APP_ID: secretKey(agora, "app-id"),
    AGORA_APP_ID: secretKey(agora, "app-id"),
    REDIS_ADDR: redisAddress,
    REDIS_PASSWORD: secretKey(queue, "password"),
    REDIS_DB: "0",
    ...region,
  };
  // Tasks for any region, and those for its own.
  const patterns = (kinds: readonly string[]) =>
    ["egress", `egress:${config.region}`].flatMap((of) => kinds.map((kind) => `${of}:${kind}:*`));
  /** The file of a program that works on tasks. A task is forgotten an hour after it was last worked on. */
  const worksOn = (kinds: readonly string[], healthPort: number, count: number) => {
    const tasks = { task_ttl: 3600, worker_patterns: patterns(kinds) };
    const place = { region: config.region, workers: count };
    return {
      server: { health_port: healthPort, ...place, ...tasks },
      redis: { addr: redisAddress, db: 0, ...tasks },
      pod: place,
    };
  };

  const recordings = claim({
    name: "recordings",
    accessMode: "ReadWriteMany",
    ...config.storage.recordings,
  });
  const snapshots = claim({
    name: "snapshots",
    accessMode: "ReadWriteMany",
    ...config.storage.snapshots,
  });

  const egressPorts = { health: 8182 };
  const egressConfig = file("egress-config", "egress_config.yaml", {
    snapshots: { output_dir: "/app/snapshots", layout: "flat" },
    recording: {
      output_dir: "/app/recordings",
      layout: "flat",
      format: "mp4",
      // By the names of ffmpeg's encoders.
      video: { enabled: true, codec: "libx264" },
      audio: { enabled: true, codec: "aac" },
    },
    log: { path: logs },
    ...worksOn(nativeTasks, egressPorts.health, config.egress.workers),
  });
  const egress = serviceWorkload({
    name: "egress",
    component: "native-recorder",
    ...asDocumented("egress"),
    autoscalerName: "egress-hpa",
    image: config.image.egress,
    ...program("egress", "egress_config.yaml"),
    user: 1000,
    ports: egressPorts,
    environment: { ...common, ...workers(config.egress.workers) },
    mounts: [
      { path: configPath, from: egressConfig },
      { path: "/app/recordings", from: recordings },
      { path: "/app/snapshots", from: snapshots },
    ],
    // Sockets of its workers are in /tmp.
    writable: { [logs]: "256Mi", "/tmp": "2Gi" },
    ephemeralStorage: { request: "512Mi", limit: "4Gi" },
    ...probes(config.egress.probes, { alive: health }),
    budget: { minAvailable: "50%" },
    metrics,
    uses: [redis, internet("Agora's signalling and media servers", media)],
    ...config.egress,
  });

  const notifierPorts = { health: 8185 };
  const notifierConfig = file("webhook-notifier-config", "webhook_notifier_config.yaml", {
    server: { health_port: notifierPorts.health, region: config.region },
    redis: { addr: redisAddress, db: 0 },
    pod: { region: config.region },
    webhook: {
      timeout: 30,
      max_retries: 5,
      base_retry_interval: 15,
      max_retry_interval: 300,
      notify_states: ["PROCESSING", "STOPPED", "FAILED", "TIMEOUT"],
      include_payload: false,
      batch_size: 0,
      batch_timeout: 5,
    },
  });
  const webhookNotifier = serviceWorkload({
    name: "webhook-notifier",
    component: "notification",
    ...asDocumented("webhook-notifier"),
    autoscalerName: "webhook-notifier-hpa",
    image: config.image.egress,
    ...program("webhook-notifier", "webhook_notifier_config.yaml"),
    user: 1000,
    ports: notifierPorts,
    environment: {
      ...common,
      WEBHOOK_URL: secretKey(webhook, "url"),
      WEBHOOK_AUTH_TOKEN: secretKey(webhook, "auth-token"),
    },
    mounts: [{ path: configPath, from: notifierConfig }],
    writable: { "/tmp": "64Mi" },
    // Its health is that of Redis too, for which a restart does nothing.
    ...probes(config.webhookNotifier.probes, { alive: { tcpPort: "health" }, ready: health }),
    budget: { minAvailable: 1 },
    metrics,
    uses: [redis, internet("the application's webhook", [443, 80])],
    ...config.webhookNotifier,
  });

  const { port, healthPort, outputPath, sharedMemory, ...recorders } = config.webRecorder;
  const recorderHealth = { path: "/health", port: healthPort ? "health" : "http" };
  const webRecorder = serviceWorkload<string>({
    name: "web-recorder",
    component: "web-service",
    ...asDocumented("web-recorder"),
    image: config.image.webRecorder,
    imagePullPolicy: config.image.webRecorderPullPolicy,
    user: 1000,
    ports: { http: port, ...(healthPort && { health: healthPort }) },
    // A browser keeps its profile in HOME, which the image has on its read-only root.
    environment: { NODE_ENV: "production", HOME: "/tmp" },
    writable: {
      "/tmp": "2Gi",
      "/dev/shm": { size: sharedMemory, medium: "Memory" },
      ...(outputPath && { [outputPath]: "2Gi" }),
    },
    ephemeralStorage: { request: "512Mi", limit: "4Gi" },
    ...probes(config.webRecorder.probes, {
      alive: recorderHealth,
    }),
    maxUnavailable: "50%",
    budget: { minAvailable: "50%" },
    uses: [internet("the web pages that are recorded, and their media", media)],
    ...recorders,
  });

  const dispatchPorts = { health: 8182 };
  const dispatchConfig = file("web-dispatch-config", "flexible_recorder_config.yaml", {
    web_recorder: { base_url: `http://${address(webRecorder)}`, timeout: 30, max_retries: 3 },
    ...worksOn(webTasks, dispatchPorts.health, config.webDispatch.workers),
  });
  const webDispatch = serviceWorkload({
    name: "web-dispatch",
    component: "web-dispatcher",
    ...asDocumented("web-dispatch"),
    image: config.image.webDispatch,
    ...program("flexible-recorder", "flexible_recorder_config.yaml"),
    user: 1000,
    ports: dispatchPorts,
    environment: {
      ...common,
      ...workers(config.webDispatch.workers),
      WEB_RECORDER_BASE_URL: `http://${address(webRecorder)}`,
      WEB_RECORDER_AUTH_TOKEN: secretKey(recorderAccess, "auth-token"),
    },
    mounts: [{ path: configPath, from: dispatchConfig }],
    writable: { "/tmp": "64Mi" },
    ...probes(config.webDispatch.probes, { alive: health }),
    maxUnavailable: "50%",
    budget: { minAvailable: "50%" },
    metrics,
    uses: [redis, webRecorder],
    ...config.webDispatch,
  });

  return {
    name: "rtc-egress",
    namespace: config.namespace,
    imagePullPolicy: config.image.pullPolicy,
    imagePullSecrets: config.imagePullSecrets,
    placement: config.placement,
    workloads: [...(config.managedRedis ? [] : [own]), egress, webhookNotifier, webRecorder, webDispatch],
    smoke: config.smoke && {
      ...config.smoke,
      asks: [
        ask(egress, health),
        ask(webhookNotifier, health),
        ask(webRecorder, recorderHealth),
        ask(webDispatch, health),
      ],
    },
    monitoring: config.monitoring,
    queues: config.managedRedis
      ? []
      : Object.entries({ egress: nativeTasks, "web-dispatch": webTasks }).map(([name, kinds]) => ({
          name,
          redis: own,
          database: 0,
          keys: patterns(kinds),
        })),
  };
}

const nativeTasks = ["snapshot", "record"];
const webTasks = ["web:snapshot", "web:record"];

// Of the places where all programs look for their files, the one that does not depend on the image.
const configPath = "/etc/rtc_egress";
const logs = "/var/log/rtc_egress";

/** The label by which the document's commands select a workload. */
function asDocumented(app: string) {
  return { labels: { app } };
}

/** A program of the makers' images, each of which starts in the directory above it, with its file. */
function program(name: string, configFile: string) {
  return { command: [`./bin/${name}`], args: ["--config", `${configPath}/${configFile}`] };
}

const metrics = { port: "health", path: "/metrics", intervalSeconds: 30 } as const;

const health = { path: "/health", port: "health" } as const;

function file(name: string, path: string, content: object): ConfigFilesDeclaration {
  return { name, files: { [path]: stringify(content) } };
}
