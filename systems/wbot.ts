import type { ConfigFilesDeclaration } from "../components/config-files";
import type { SystemDeclaration } from "../components/declaration";
import { address as addressOf, internet } from "../components/edge";
import { secretKey } from "../components/environment";
import { route } from "../components/ingress";
import { managedRedis } from "../components/managed";
import { probes } from "../components/probe";
import { redisUrl, redisWorkload } from "../components/redis";
import type { SecretDeclaration } from "../components/secret";
import { serviceWorkload } from "../components/service";
import { ask } from "../components/smoke";
import { type WbotConfig, wbotSecrets } from "../config/wbot";

/** An AI backend and a web frontend over Supabase, with a Redis as cache. */
export function wbot(config: WbotConfig): SystemDeclaration {
  const { storage, ...cache } = config.redis;
  const own = redisWorkload({
    name: "redis",
    ownPassword: "REDIS_PASSWORD",
    persistence: storage,
    ...cache,
  });
  const redis = config.managedRedis
    ? managedRedis({ ...config.managedRedis, passwordKey: "REDIS_PASSWORD" })
    : own;

  const secrets = {
    name: "wbot-secrets",
    keys: { ...wbotSecrets, REDIS_URL: redisUrl(redis) },
  } satisfies SecretDeclaration;

  const address = publicAddress(config);
  const settings: ConfigFilesDeclaration = {
    name: "wbot-config",
    files: {
      CORS_ORIGINS: config.ingress?.cors?.origins.join(",") ?? address,
      LANGSMITH_TRACING: `${config.langsmith.tracing}`,
      LANGSMITH_PROJECT: config.langsmith.project,
      PYTHONUNBUFFERED: "1",
      PYTHONDONTWRITEBYTECODE: "1",
    },
  };

  const ai = serviceWorkload({
    name: "wbot-ai",
    image: config.image.ai,
    user: 1000,
    ports: { http: 8000 },
    environmentFrom: [settings],
    environment: {
      REDIS_URL: secretKey(secrets, "REDIS_URL"),
      SUPABASE_URL: secretKey(secrets, "SUPABASE_URL"),
      SUPABASE_SERVICE_KEY: secretKey(secrets, "SUPABASE_SERVICE_KEY"),
      DATABASE_URI: secretKey(secrets, "DATABASE_URI"),
      ANTHROPIC_API_KEY: secretKey(secrets, "ANTHROPIC_API_KEY"),
      OPENAI_API_KEY: secretKey(secrets, "OPENAI_API_KEY"),
      GOOGLE_API_KEY: secretKey(secrets, "GOOGLE_API_KEY"),
      LANGSMITH_API_KEY: secretKey(secrets, "LANGSMITH_API_KEY"),
      ELEVENLABS_API_KEY: secretKey(secrets, "ELEVENLABS_API_KEY"),
      // The image's `uv run` would install what is not in it first, and keeps a cache in HOME.
      UV_NO_SYNC: "1",
      HOME: "/tmp",
    },
    writable: { "/tmp": "256Mi" },
    ...probes(config.ai.probes, { alive: { path: "/health", port: "http" } }),
    uses: [
      redis,
      internet("Supabase, the APIs of Anthropic, Google, OpenAI and ElevenLabs, and LangSmith"),
      // Supabase's PostgreSQL directly, and through its pooler.
      internet("Supabase's PostgreSQL", [5432, 6543]),
    ],
    ...config.ai,
  });

  const web = serviceWorkload({
    name: "wbot-web",
    image: config.image.web,
    user: 1000,
    ports: { http: 3000 },
    servicePorts: { http: 80 },
    environment: {
      // VITE_* is for browsers, which cannot reach the cluster's own names. What they get is fixed when the image is built.
      VITE_SUPABASE_URL: secretKey(secrets, "SUPABASE_URL"),
      VITE_SUPABASE_ANON_KEY: secretKey(secrets, "SUPABASE_ANON_KEY"),
      VITE_LANGGRAPH_API_URL: address,
      LANGGRAPH_API_URL: `http://${addressOf(ai)}`,
      NODE_ENV: "production",
      PORT: "3000",
    },
    writable: { "/tmp": "64Mi" },
    ...probes(config.web.probes, { alive: { path: "/", port: "http" } }),
    uses: [ai, internet("Supabase")],
    ...config.web,
  });

  return {
    name: "wbot",
    namespace: config.namespace,
    imagePullPolicy: config.image.pullPolicy,
    imagePullSecrets: config.imagePullSecrets,
    placement: config.placement,
    workloads: [...(config.managedRedis ? [] : [own]), ai, web],
    monitoring: config.monitoring,
    smoke: config.smoke && {
      ...config.smoke,
      asks: [ask(ai, { path: "/health", port: "http" }), ask(web, { path: "/", port: "http" })],
    },
    ingress: config.ingress && {
      ...config.ingress,
      name: "wbot-ingress",
      hosts: [
        {
          host: config.ingress.host,
          routes: [route("/api", ai, "http"), route("/health", ai, "http"), route("/", web, "http")],
        },
      ],
    },
  };
}

/** Where browsers find the system; without an ingress, where `kubectl port-forward` shows the frontend. */
function publicAddress({ ingress }: WbotConfig): string {
  return ingress ? `${ingress.tls ? "https" : "http"}://${ingress.host}` : "http://localhost:8080";
}
