import { expect, it } from "vitest";
import type { SystemDeclaration } from "../../components/declaration";
import { isExternal } from "../../components/edge";
import { thebot } from "../../systems/thebot";
import { StackDirectory } from "./stack-directory";

const stack = (settings: string) => `config:\n  muster:thebot: ${settings}\n`;

function declared(settings: string): SystemDeclaration {
  using directory = new StackDirectory();
  return thebot(directory.parse(stack(settings)).thebot!);
}

function workload(system: SystemDeclaration, name: string) {
  const found = system.workloads.find((each) => each.name === name);
  if (!found || !("environment" in found)) throw new Error(`no ${name} with an environment`);
  return found;
}

it("fills in the document's defaults", () => {
  using directory = new StackDirectory();
  expect(directory.parse(stack("{}")).thebot).toMatchObject({
    namespace: "thebot-dev",
    image: { backend: "thebot/backend:latest", frontend: "thebot/frontend:latest" },
    django: { debug: false, environment: "production", logLevel: "INFO", cacheTimeout: 3600 },
    backend: { scale: { replicas: 1 }, resources: { requests: { cpu: "250m", memory: "256Mi" } } },
    postgresql: { database: "thebot", user: "thebot_user", storage: { size: "10Gi" } },
    redis: { maxMemoryPolicy: "volatile-lru", storage: { size: "5Gi" } },
    volumes: { static: { size: "2Gi" }, media: { size: "5Gi" } },
    rolloutTimeoutSeconds: 600,
  });
});

it("an autoscaler keeps the document's behaviour where only its bounds are given", () => {
  using directory = new StackDirectory();
  const bounds = "{ autoscaling: { minReplicas: 2, maxReplicas: 4 } }";
  const config = directory.parse(stack(`{ backend: ${bounds}, frontend: ${bounds}, celery: ${bounds} }`))
    .thebot!;
  expect(config.backend.scale).toMatchObject({
    autoscaling: { cpuUtilization: 70, memoryUtilization: 80, scaleUp: { stabilizationWindowSeconds: 0 } },
  });
  expect(config.celery.scale).toMatchObject({
    autoscaling: { cpuUtilization: 75, scaleUp: { stabilizationWindowSeconds: 60 } },
  });
  expect(config.frontend.scale).toMatchObject({
    autoscaling: { cpuUtilization: 70, scaleDown: { stabilizationWindowSeconds: 300 } },
  });
});

it("volumes are of the system's class, or of their own", () => {
  using directory = new StackDirectory();
  const { volumes, postgresql } = directory.parse(
    stack("{ storageClass: ssd, volumes: { media: { storageClass: nfs } } }"),
  ).thebot!;
  expect([volumes.static.storageClass, volumes.media.storageClass]).toEqual(["ssd", "nfs"]);
  expect(postgresql.storage.storageClass).toBe("ssd");
});

it("a managed database and Redis take the place of the own ones, over TLS", () => {
  const managed = declared(
    "{ managedDatabase: { host: db.internal, database: app, user: app }, managedRedis: { host: cache.internal } }",
  );
  expect(managed.workloads.map(({ name }) => name)).toEqual([
    "thebot-migrate",
    "thebot-collectstatic",
    "thebot-backend",
    "thebot-frontend",
    "thebot-celery",
    "thebot-celery-beat",
  ]);
  const backend = workload(managed, "thebot-backend");
  expect(backend.environment).toMatchObject({
    DB_SSLMODE: "require",
    CELERY_BROKER_URL: "$(REDIS_URL)/1?ssl_cert_reqs=CERT_REQUIRED",
  });
  expect(backend.uses.filter(isExternal).map(({ ports }) => ports)).toEqual([[5432], [6379], [443]]);
});

it("without an ingress it answers on localhost, and can be told not to only beside an ingress", () => {
  expect(workload(declared("{}"), "thebot-backend").environment).toMatchObject({
    ALLOWED_HOSTS: "localhost,127.0.0.1,$(POD_IP),[$(POD_IP)]",
    FRONTEND_URL: "http://thebot-frontend",
  });
  using directory = new StackDirectory();
  expect(directory.refusal(stack("{ django: { allowedHosts: [] } }")).message).toContain(
    "leaves no host that is answered to",
  );
});

it.each([
  ["{ managedDatabase: { host: db, database: a, user: a }, postgresql: {} }", "postgresql"],
  ["{ managedRedis: { host: cache }, redis: {} }", "redis"],
  [
    "{ backend: { replicas: 2, autoscaling: { minReplicas: 1, maxReplicas: 2 } } }",
    "would fight the autoscaler",
  ],
  ["{ celeryBeat: { replicas: 2 } }", "is not a key that is known here"],
  ["{ redis: { maxMemoryPolicy: allkeys-lru } }", "is none of these"],
  ["{ django: { allowedHosts: ['*'] } }", "would answer to every host"],
  ["{ django: { apiRateLimit: 1000 } }", "is not a rate"],
  ["{ django: { environment: staging } }", "does not start with unless it debugs"],
  ["{ django: { frontendUrl: 'http://localhost:8080' } }", "does not start with unless it debugs"],
  ["{ django: { celeryApp: core/celery } }", "is not a module of Python"],
  ["{ celery: { concurrency: 0 } }", "is less than 1"],
  ["{ postgresql: { sharedMemory: 600Mi } }", "is more than half of the memory limit, 1Gi"],
  ["{ ingress: { host: a.example, aliases: [a.example] } }", "says again what host says"],
])("refuses %s", (settings, because) => {
  using directory = new StackDirectory();
  expect(directory.refusal(stack(settings)).message).toContain(because);
});

it("a real cluster wants a managed database's password", () => {
  using directory = new StackDirectory();
  const missing = (settings: string) =>
    directory.refusal(stack(settings), { local: false }).errors.map(({ path }) => path);
  expect(missing("{ managedDatabase: { host: db, database: a, user: a } }")).toEqual([
    "thebot:POSTGRES_PASSWORD",
  ]);
});
