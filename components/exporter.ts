import type { SystemGraph, Workload } from "./declaration";
import { address } from "./edge";
import { credentialsOf, type PostgresqlWorkload } from "./postgresql";
import { probes } from "./probe";
import type { RedisWorkload } from "./redis";
import { type ServiceDeclaration, type ServiceWorkload, serviceWorkload } from "./service";

/** An exporter for each Redis and PostgreSQL of a system that is monitored. Each uses its server as others do. */
export function exportersOf(declared: SystemGraph): ServiceWorkload[] {
  const { monitoring, workloads } = declared;
  if (!monitoring) return [];
  const { exporters } = monitoring;
  return workloads.flatMap((server) => {
    if (server.kind === "redis") return exporter(server, redis(server, exporters.redis, declared), declared);
    if (server.kind === "postgresql")
      return exporter(server, postgresql(server, exporters.postgresql), declared);
    return [];
  });
}

type Asking = Pick<
  ServiceDeclaration<"metrics">,
  "image" | "user" | "ports" | "args" | "environment" | "startup" | "liveness" | "readiness"
>;

function exporter(
  server: Extract<Workload, { kind: "redis" | "postgresql" }>,
  asking: Asking,
  { imagePullSecrets, placement }: SystemGraph,
): ServiceWorkload {
  return serviceWorkload({
    ...asking,
    name: `${server.name}-exporter`,
    imagePullPolicy: "IfNotPresent",
    // Two would ask the server the same twice.
    scale: { single: true },
    metrics: { port: "metrics", path: "/metrics", intervalSeconds: 30 },
    resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
    uses: [server],
    imagePullSecrets,
    placement,
  });
}

const timings = {
  startup: { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 12 },
  liveness: { periodSeconds: 30, timeoutSeconds: 5 },
  readiness: { periodSeconds: 10, timeoutSeconds: 5 },
};

function redis(server: RedisWorkload, image: string, { queues = [] }: SystemGraph): Asking {
  const lists = queues
    .filter((queue) => queue.redis.name === server.name)
    .flatMap(({ database, keys }) => keys.map((key) => `db${database}=${key}`));
  return {
    image,
    user: 59000,
    ports: { metrics: 9121 },
    environment: {
      REDIS_ADDR: `redis://${address(server)}`,
      REDIS_PASSWORD: { passwordOf: server },
      // Whose lengths it exports.
      ...(lists.length > 0 && { REDIS_EXPORTER_CHECK_KEYS: lists.join(",") }),
    },
    ...probes(timings, { alive: { path: "/health", port: "metrics" } }),
  };
}

function postgresql(server: PostgresqlWorkload, image: string): Asking {
  const { database } = server;
  return {
    image,
    user: 65534,
    ports: { metrics: 9187 },
    // Only a superuser may look at the write-ahead log.
    args: ["--no-collector.wal"],
    environment: {
      DATA_SOURCE_URI: `${address(server)}/${database}?sslmode=disable`,
      DATA_SOURCE_USER: { secret: credentialsOf(server), key: "user" },
      DATA_SOURCE_PASS: { passwordOf: server },
    },
    ...probes(timings, { alive: { path: "/", port: "metrics" } }),
  };
}
