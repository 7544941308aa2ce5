import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { clusterService } from "./cluster-service";
import { ConfigFiles, type ConfigFilesDeclaration } from "./config-files";
import type { Resources } from "./container";
import { deployment } from "./deployment";
import { address, type Endpoint } from "./edge";
import { type Home, labels, resourceName } from "./labels";
import type { Storage } from "./persistent-volume-claim";
import { type PodDeclaration, type PodOptions, type PodSettings, podOptions } from "./pod-template";
import { type ProbeTimings, probes } from "./probe";
import { statefulSet } from "./stateful-set";

/** A declared Redis, as an endpoint that others use. */
export interface RedisWorkload extends RedisDeclaration, Endpoint {
  readonly kind: "redis";
  readonly uses: readonly [];
}

/** A Redis: in memory, a cache or message bus that may lose its content when its pod does; or on a volume. */
export interface RedisDeclaration extends PodOptions {
  /** Name of its objects and its host name. */
  readonly name: string;
  /** `app.kubernetes.io/component`, where people select on another than the name. Default: the name. */
  readonly component?: string;
  /** Image reference of Redis 7. */
  readonly image: string;
  /** Memory that its data may take, as Redis writes it: `256mb`. Below the memory limit. */
  readonly maxMemory: string;
  /** What goes when that is full, as in redis.conf: `allkeys-lru`, `noeviction`, … */
  readonly maxMemoryPolicy: string;
  /** The events that it tells its clients, as in redis.conf: `Kg$`. Default: none. */
  readonly keyspaceEvents?: string;
  /** The volume that it writes every change to. Default: nothing is written. */
  readonly persistence?: Storage;
  readonly resources: Resources;
  /** Namespaces whose pods may reach it. Default: none. */
  readonly callers?: readonly string[];
  /** Seconds until a roll-out that is not ready counts as failed. Default 600. */
  readonly timeoutSeconds?: number;
  readonly probes: ProbeTimings;
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
        metadata: { name: redis.name, namespace: home.namespace, labels: labels(home, redis) },
        type: "Opaque",
        stringData: credentials,
      },
      { parent: this },
    );
    settings.secretDigest.add(redis.name, credentials);
    const config = redisConfig(redis);
    const files = new ConfigFiles(home, config, { parent: this });
    const dependsOn = [...[opts.dependsOn ?? []].flat(), secret, files] as pulumi.Resource[];
    const pod = redisPod(redis, config);
    const { timeoutSeconds, persistence } = redis;
    if (persistence) {
      const data = { path: dataPath, ...persistence };
      statefulSet(home, settings, { ...pod, data, timeoutSeconds }, { parent: this, dependsOn });
    } else {
      const writable = { [dataPath]: "64Mi" };
      // Of two, each would have a part of the data.
      const scale = { single: true } as const;
      deployment(home, settings, { ...pod, writable, scale, timeoutSeconds }, { parent: this, dependsOn });
    }
    clusterService(home, redis, { parent: this });
    this.registerOutputs({ address: address(redis) });
  }
}

/** A password that is generated once and kept: no input of it changes from one run to the next. */
export function generatedPassword(
  name: string,
  opts: pulumi.CustomResourceOptions,
  length = 32,
): pulumi.Output<string> {
  // Letters and digits only, so that it stands in a URL as it is.
  return new random.RandomPassword(name, { length, special: false }, opts).result;
}

const dataPath = "/data";

/** The configuration that Redis runs with. Its password is in a file of its own. */
export function redisConfig(redis: RedisWorkload): ConfigFilesDeclaration {
  const settings = [
    "bind * -::*",
    `port ${redis.ports.redis}`,
    `dir ${dataPath}`,
    `maxmemory ${redis.maxMemory}`,
    `maxmemory-policy ${redis.maxMemoryPolicy}`,
    ...(redis.keyspaceEvents ? [`notify-keyspace-events ${redis.keyspaceEvents}`] : []),
    // The append-only file holds every change; a snapshot beside it would hold them again.
    'save ""',
    `appendonly ${redis.persistence ? "yes" : "no"}`,
    // The password is in a file of its own: on a command line every process of the node could read it.
    "include /etc/redis-auth/auth.conf",
  ];
  return { name: `${redis.name}-config`, files: { "redis.conf": `${settings.join("\n")}\n` } };
}

/** Redis as a pod. */
export function redisPod(redis: RedisWorkload, config = redisConfig(redis)): PodDeclaration {
  const { name, component, image, uses, resources } = redis;
  const ping = ["redis-cli", "-p", `${redis.ports.redis}`, "ping"];
  // redis-cli ends with 0 whatever the answer is. While Redis loads its data (LOADING), runs a long script (BUSY) or
  // cannot write (MISCONF), it is alive, and a restart would only make it load again.
  const alive = { command: ping };
  const ready = { command: ["sh", "-c", `test "$(${ping.join(" ")})" = PONG`] };
  return {
    name,
    component,
    image,
    // The system's policy is for images of its own; with Never, nobody would have put this one on the node.
    imagePullPolicy: "IfNotPresent",
    // The official image's own user and group.
    user: 999,
    group: 1000,
    command: ["redis-server", "/etc/redis/redis.conf"],
    environment: { REDISCLI_AUTH: { passwordOf: redis } },
    ports: redis.ports,
    ...probes(redis.probes, { alive, ready }),
    resources,
    mounts: [
      { path: "/etc/redis", from: config },
      { path: "/etc/redis-auth", from: { secret: redis.name, keys: ["auth.conf"] } },
    ],
    uses,
    ...podOptions(redis),
  };
}
