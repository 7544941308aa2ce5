import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { clusterService } from "./cluster-service";
import { ConfigFiles, type ConfigFilesDeclaration } from "./config-files";
import type { Resources } from "./container";
import { deployment } from "./deployment";
import { address, type Endpoint } from "./edge";
import { type Home, labels, resourceName } from "./labels";
import type { Placement, PodDeclaration, PodSettings } from "./pod-template";

/** A declared Redis, as an endpoint that others use. */
export interface RedisWorkload extends RedisDeclaration, Endpoint {
  readonly kind: "redis";
  readonly uses: readonly [];
}

/** A Redis in memory: a cache or a message bus that may lose its content when its pod does. */
export interface RedisDeclaration {
  /** Name of its objects and its host name. */
  readonly name: string;
  /** Image reference of Redis 7. */
  readonly image: string;
  /** Memory that its data may take, as Redis writes it: `256mb`. Below the memory limit. */
  readonly maxMemory: string;
  /** What goes when that is full, as in redis.conf: `allkeys-lru`, `noeviction`, … */
  readonly maxMemoryPolicy: string;
  readonly resources: Resources;
  readonly placement?: Placement;
  /** Seconds until a roll-out that is not ready counts as failed. Default 600. */
  readonly timeoutSeconds?: number;
}

/** The workload of a declaration, which reaches nothing and is reached on the port of Redis. */
export function redisWorkload(declared: RedisDeclaration): RedisWorkload {
  return { kind: "redis", ports: { redis: 6379 }, uses: [], ...declared };
}

/** One Redis pod with a generated password, and the Service that it is reached by. */
export class Redis extends pulumi.ComponentResource {
  constructor(
    home: Home,
    settings: PodSettings,
    redis: RedisWorkload,
    password: pulumi.Output<string>,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = resourceName(home, redis.name);
    super("muster:index:Redis", name, {}, opts);
    const credentials = { password, "auth.conf": pulumi.interpolate`requirepass ${password}\n` };
    const secret = new core.v1.Secret(
      name,
      {
        metadata: { name: redis.name, namespace: home.namespace, labels: labels(home, redis.name) },
        type: "Opaque",
        stringData: credentials,
      },
      { parent: this },
    );
    settings.secretDigest.add(redis.name, credentials);
    const config = redisConfig(redis);
    const files = new ConfigFiles(home, config, { parent: this });
    const pod = redisPod(redis, config);
    deployment(
      home,
      // The system's policy is for images of its own; with Never, nobody would have put this one on the node.
      { ...settings, imagePullPolicy: "IfNotPresent" },
      pod,
      { replicas: 1, timeoutSeconds: redis.timeoutSeconds },
      { parent: this, dependsOn: [secret, files] },
    );
    clusterService(home, pod, { parent: this });
    this.registerOutputs({ address: address(redis) });
  }
}

/** A password that is generated once and kept: no input of it changes from one run to the next. */
export function generatedPassword(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  // Letters and digits only, so that it stands in a URL as it is.
  return new random.RandomPassword(name, { length: 32, special: false }, opts).result;
}

/** The configuration that Redis runs with. Its password is in a file of its own. */
export function redisConfig(redis: RedisWorkload): ConfigFilesDeclaration {
  const settings = [
    "bind * -::*",
    `port ${redis.ports.redis}`,
    "dir /data",
    `maxmemory ${redis.maxMemory}`,
    `maxmemory-policy ${redis.maxMemoryPolicy}`,
    'save ""',
    "appendonly no",
    // The password is in a file of its own: on a command line every process of the node could read it.
    "include /etc/redis-auth/auth.conf",
  ];
  return { name: `${redis.name}-config`, files: { "redis.conf": `${settings.join("\n")}\n` } };
}

/** Redis as a pod. */
export function redisPod(redis: RedisWorkload, config = redisConfig(redis)): PodDeclaration {
  // redis-cli answers NOAUTH with exit code 0, so the answer itself is compared.
  const ping = { command: ["sh", "-c", `test "$(redis-cli -p ${redis.ports.redis} ping)" = PONG`] };
  return {
    name: redis.name,
    image: redis.image,
    // The official image's own user and group.
    user: 999,
    group: 1000,
    command: ["redis-server", "/etc/redis/redis.conf"],
    environment: { REDISCLI_AUTH: { passwordOf: redis } },
    ports: redis.ports,
    liveness: { check: ping, initialDelaySeconds: 10, periodSeconds: 15, timeoutSeconds: 3 },
    readiness: { check: ping, initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 3 },
    resources: redis.resources,
    writable: { "/data": "64Mi" },
    mounts: [
      { path: "/etc/redis", from: config },
      { path: "/etc/redis-auth", from: { secret: redis.name, keys: ["auth.conf"] } },
    ],
    uses: redis.uses,
    placement: redis.placement,
  };
}
