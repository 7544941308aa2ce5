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

/** What the document says of thebot, by stack. */
export const documents: Readonly<Record<"dev" | "staging" | "prod", Documented>> = {
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
