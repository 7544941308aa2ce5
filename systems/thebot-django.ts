import type { Environment } from "../components/environment";
import type { ManagedPostgresql } from "../components/managed";
import type { PostgresqlWorkload } from "../components/postgresql";
import type { ThebotConfig } from "../config/thebot";

/** The settings that are the same in all pods of the Django image, and no secret. */
export function settingsOf({ django }: ThebotConfig, { database }: { readonly database: string }) {
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

/** What follows from the ingress and Redis, and differs from pod to pod. */
export function environmentOf(config: ThebotConfig): Environment {
  const { django, managedRedis } = config;
  // Celery wants to be told whom a TLS connection may end at.
  const tls = managedRedis?.tls ? "?ssl_cert_reqs=CERT_REQUIRED" : "";
  return {
    POD_NAMESPACE: { field: "metadata.namespace" },
    POD_NAME: { field: "metadata.name" },
    POD_IP: { field: "status.podIP" },
    // The kubelet and Prometheus ask for the pod by its address, of IPv6 in brackets.
    ALLOWED_HOSTS: [...hostsOf(config), "$(POD_IP)", "[$(POD_IP)]"].join(","),
    FRONTEND_URL: django.frontendUrl ?? frontendOf(config),
    // Databases of the Redis whose URL, with its password, is in the Secret. Database 0 is that of Django's cache, which
    // is emptied as a whole.
    CELERY_BROKER_URL: `$(REDIS_URL)/1${tls}`,
    CELERY_RESULT_BACKEND: `$(REDIS_URL)/2${tls}`,
    USE_REDIS_CHANNELS: django.channelLayer === "redis" ? "True" : "False",
  };
}

/** The hosts that are answered to, at least one: the name of the Service is none of them. */
export function hostsOf({ django, ingress }: ThebotConfig): string[] {
  return [...(ingress ? [ingress.host, ...ingress.aliases] : []), ...django.allowedHosts];
}

function frontendOf({ django, ingress }: ThebotConfig): string {
  if (ingress) return `${ingress.tls ? "https" : "http"}://${ingress.host}`;
  // Where `kubectl port-forward` shows it; without debugging the application does not start with that.
  return django.debug ? "http://localhost:8080" : "http://thebot-frontend";
}

/** Of a database that somebody else runs, its parts: the application does not decode the password of DATABASE_URL. */
export function databaseVariables(database: PostgresqlWorkload | ManagedPostgresql): Environment {
  if (!("server" in database)) return { DB_SSLMODE: "disable" };
  return {
    DB_HOST: database.host,
    DB_PORT: `${database.port}`,
    DB_NAME: database.database,
    DB_USER: database.user,
    DB_SSLMODE: "require",
  };
}
