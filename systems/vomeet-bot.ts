import type { SystemDeclaration } from "../components/declaration";
import { dispatcherWorkload } from "../components/dispatcher";
import {
  address,
  type Endpoint,
  type External,
  inNamespace,
  internet,
  kubernetesApi,
  network,
  type Ports,
} from "../components/edge";
import { secretKey } from "../components/environment";
import { jobTemplateWorkload } from "../components/job-template";
import { podOptions } from "../components/pod-template";
import { probes } from "../components/probe";
import { redisUrl, redisWorkload } from "../components/redis";
import { accountName } from "../components/service-account";
import { ask } from "../components/smoke";
import { namespaceOf } from "../config/reachable";
import { parseImage } from "../config/values/image";
import { type VomeetBotConfig, vomeetBotSecrets } from "../config/vomeet-bot";

/** A bot-manager that sends a bot to each meeting, as a Job that joins it in a browser and has it transcribed. */
export function vomeetBot(config: VomeetBotConfig): SystemDeclaration {
  const ownRedis =
    config.redis && redisWorkload({ name: "redis", ownPassword: "redis-password", ...config.redis });
  const redis = ownRedis ?? at("the Redis of redis-url", config.externalRedis!);
  const whisperLive = config.whisperLive && at("the WhisperLive of whisper-live-url", config.whisperLive);
  const { database, collector } = config;

  const secrets = {
    name: "vomeet-bot-secrets",
    keys: {
      ...vomeetBotSecrets,
      "redis-url": ownRedis ? redisUrl(ownRedis, 0) : vomeetBotSecrets["redis-url"],
    },
  };
  const urls = {
    REDIS_URL: secretKey(secrets, "redis-url"),
    WHISPER_LIVE_URL: secretKey(secrets, "whisper-live-url"),
  };

  // On its own, because each of the two has to do with the other: it spawns bots, and they call back.
  const manager = { name: "bot-manager", ports: { http: 8080 } } satisfies Endpoint;

  const bot = jobTemplateWorkload({
    name: "vomeet-bot",
    component: "bot-instance",
    image: config.image.bot,
    command: ["/bin/bash", "-c", startBot],
    user: 1000,
    // The bot-manager adds BOT_CONFIG: the meeting, as JSON. HOME is where the browser keeps its profile.
    environment: { ...urls, HOME: "/tmp" },
    // Chromium renders through shared memory, of which a container has 64 MiB by default.
    writable: { "/dev/shm": { size: "1Gi", medium: "Memory" }, "/app/storage": "4Gi", "/tmp": "2Gi" },
    ephemeralStorage: { request: "1Gi", limit: "7Gi" },
    resources: config.bot.resources,
    activeDeadlineSeconds: config.bot.activeDeadlineSeconds,
    ttlSecondsAfterFinished: config.bot.ttlSecondsAfterFinished,
    maxRunning: config.bot.maxRunning,
    queue: config.bot.queue,
    outlives: true,
    uses: [
      manager,
      redis,
      ...(whisperLive ? [whisperLive] : []),
      internet("the meetings, and a WhisperLive that is not in the cluster", meetingPorts),
    ],
    ...podOptions(config.bot),
  });

  const { repository } = parseImage(bot.image)!;
  const { requests, limits } = bot.resources;
  const botManager = dispatcherWorkload({
    ...manager,
    image: config.image.botManager,
    user: 1000,
    scale: config.botManager.scale,
    timeoutSeconds: config.botManager.timeoutSeconds,
    environment: {
      ORCHESTRATOR: "k8s",
      K8S_NAMESPACE: { field: "metadata.namespace" },
      K8S_SERVICE_ACCOUNT: accountName(bot),
      K8S_BOT_IMAGE_REPOSITORY: repository,
      // With the digest where there is one: repository:tag@digest is what the bot-manager puts together again.
      K8S_BOT_IMAGE_TAG: bot.image.slice(repository.length + 1),
      K8S_BOT_CPU_REQUEST: requests.cpu,
      K8S_BOT_CPU_LIMIT: limits.cpu,
      K8S_BOT_MEMORY_REQUEST: requests.memory,
      K8S_BOT_MEMORY_LIMIT: limits.memory,
      K8S_BOT_ACTIVE_DEADLINE_SECONDS: `${bot.activeDeadlineSeconds}`,
      K8S_BOT_TTL_AFTER_FINISHED: `${bot.ttlSecondsAfterFinished}`,
      ...urls,
      K8S_BOT_MANAGER_CALLBACK_URL: `http://${address(manager)}/bots/internal/callback/exited`,
      DB_HOST: database.host,
      DB_PORT: `${database.port}`,
      DB_NAME: database.name,
      DB_USER: database.user,
      DB_PASSWORD: secretKey(secrets, "db-password"),
      ADMIN_TOKEN: secretKey(secrets, "admin-token"),
      TRANSCRIPTION_COLLECTOR_URL: `http://${collector.host}:${collector.port}`,
    },
    writable: { "/tmp": "64Mi" },
    ...probes(config.botManager.probes, { alive: health }),
    resources: config.botManager.resources,
    callers: config.botManager.callers,
    uses: [
      redis,
      elsewhere("Vomeet's database", database),
      elsewhere("Vomeet's transcription collector", collector),
      internet("the webhooks of those who ask for bots"),
      kubernetesApi,
    ],
    spawns: bot,
    may: [
      { apiGroup: "batch", resources: ["jobs"], verbs: ["create", "get", "list", "delete"] },
      { apiGroup: "", resources: ["pods"], verbs: ["get", "list"] },
    ],
    ...podOptions(config.botManager),
  });

  return {
    name: "vomeet-bot",
    namespace: config.namespace,
    imagePullPolicy: config.image.pullPolicy,
    imagePullSecrets: config.imagePullSecrets,
    placement: config.placement,
    workloads: [...(ownRedis ? [ownRedis] : []), botManager],
    monitoring: config.monitoring,
    smoke: config.smoke && { ...config.smoke, asks: [ask(botManager, health)] },
  };
}

const health = { path: "/healthz", port: "http" } as const;

// As the image's own entrypoint, which keeps the bot from hearing that it is to stop: here the bot takes its place.
const startBot = "Xvfb :99 -screen 0 1920x1080x24 & exec node dist/docker.js";

/** What Google Meet and Microsoft Teams ask to be open: the web and QUIC, and the media of either. */
const meetingPorts: readonly Ports[] = [
  443,
  { protocol: "UDP", from: 443, to: 443 },
  { protocol: "UDP", from: 3478, to: 3481 },
  { protocol: "UDP", from: 19302, to: 19309 },
];

function elsewhere(what: string, { host, port, cidrs }: VomeetBotConfig["collector"]): External {
  const ports = [port];
  return cidrs
    ? network({ what, cidrs, ports })
    : inNamespace({ what, namespace: namespaceOf(host)!, ports });
}

function at(
  what: string,
  { namespace, cidrs, port }: NonNullable<VomeetBotConfig["externalRedis"]>,
): External {
  const ports = [port];
  return namespace ? inNamespace({ what, namespace, ports }) : network({ what, cidrs: cidrs!, ports });
}
