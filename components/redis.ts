import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterService } from "./cluster-service";
import { ConfigFiles, type ConfigFilesDeclaration } from "./config-files";
import type { Resources } from "./container";
import { dependencies } from "./dependencies";
import { deployment } from "./deployment";
import { address, type Endpoint } from "./edge";
import { labels } from "./labels";
import { type ManagedRedis, serverAddress } from "./managed";
import type { Storage } from "./persistent-volume-claim";
import { type PodDeclaration, type PodOptions, podOptions } from "./pod-template";
import { type ProbeTimings, probes } from "./probe";
import type { PasswordKey, SecretDeclaration } from "./secret";
import { statefulSet } from "./stateful-set";
import type { WorkloadArgs } from "./workload-args";

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
  /** What it evicts when that is full, as in redis.conf: `allkeys-lru`, `noeviction`, … */
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
  /** Name under which the operator may supply its password. Without a value it is generated. */
  readonly ownPassword?: string;
}

/** The workload of a declaration, which reaches nothing and is reached on the port of Redis. */
export function redisWorkload(declared: RedisDeclaration): RedisWorkload {
  return { kind: "redis", ports: { redis: 6379 }, uses: [], ...declared };
}

/** The URL of a Redis, password included; with `database`, that of one of its numbered databases. */
export function redisUrl(redis: RedisWorkload | ManagedRedis, database?: number): PasswordKey {
  const scheme = isOverTls(redis) ? "rediss" : "redis";
  const path = database === undefined ? "" : `/${database}`;
  const text = { before: `${scheme}://:`, after: `@${serverAddress(redis)}${path}`, url: true };
  return { passwordOf: redis, text };
}

/** The same for the .NET library StackExchange.Redis, which knows no URLs and would take one for a host name. */
export function stackExchangeRedis(redis: RedisWorkload | ManagedRedis, database?: number): PasswordKey {
  const tls = isOverTls(redis) ? ",ssl=true" : "";
  const number = database === undefined ? "" : `,defaultDatabase=${database}`;
  const text = { before: `${serverAddress(redis)}${tls}${number},password=`, after: "", url: false };
  return { passwordOf: redis, text };
}

function isOverTls(redis: RedisWorkload | ManagedRedis): boolean {
  return "server" in redis && redis.tls;
}

export interface RedisArgs extends WorkloadArgs<RedisWorkload> {
  /** Its password, generated or the operator's own. */
  readonly password: pulumi.Output<string>;
}

/** One Redis pod with a generated password, and the Service that it is reached by. */
export class Redis extends pulumi.ComponentResource {
  /** Its Secret: once that is there, it takes the password. */
  readonly credentials: core.v1.Secret;

  constructor(name: string, args: RedisArgs, opts: pulumi.ComponentResourceOptions = {}) {
    // Its Secret waits for nothing: those that are composed of its password come after it, and its pod after them.
    super("muster:index:Redis", name, {}, { ...opts, dependsOn: [] });
    const { system, declared: redis, password, hooks } = args;
    this.credentials = new core.v1.Secret(
      name,
      {
        metadata: { name: redis.name, namespace: system.namespace, labels: labels(system, redis) },
        type: "Opaque",
        stringData: { password, "auth.conf": pulumi.interpolate`requirepass ${password}\n` },
      },
      { parent: this, hooks: hooks?.redisSecret },
    );
    const config = redisConfig(redis);
    const files = new ConfigFiles(`${name}-config`, { system, declared: config }, { parent: this });
    const dependsOn = [...dependencies(opts), this.credentials, files];
    const { timeoutSeconds, persistence } = redis;
    const pod = { ...redisPod(redis, config), timeoutSeconds };
    // A new password is told to the pod that runs (redis-passwords.ts): none is rolled for it.
    const shared = { system, hooks };
    if (persistence) {
      const data = { path: dataPath, ...persistence };
      statefulSet(name, { ...shared, declared: { ...pod, data } }, { parent: this, dependsOn });
    } else {
      const writable = { [dataPath]: "64Mi" };
      // Two pods would each have a part of the data.
      const scale = { single: true } as const;
      deployment(name, { ...shared, declared: { ...pod, writable, scale } }, { parent: this, dependsOn });
    }
    clusterService(name, { system, declared: redis }, { parent: this });
    this.registerOutputs({ address: address(redis) });
  }
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
    // The probes' own: the pod has the password of its start, which may have been withdrawn since.
    "user health on nopass -@all +ping",
    // The password is in a file of its own: on a command line every process of the node could read it.
    "include /etc/redis-auth/auth.conf",
  ];
  return { name: `${redis.name}-config`, files: { "redis.conf": `${settings.join("\n")}\n` } };
}

/** Redis as a pod. */
export function redisPod(redis: RedisWorkload, config = redisConfig(redis)): PodDeclaration {
  const { name, component, image, uses, resources } = redis;
  const ping = ["redis-cli", "-p", `${redis.ports.redis}`, "--user", "health", "ping"];
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
      { path: "/etc/redis-auth", from: { secret: credentialsOf(redis), keys: ["auth.conf"] } },
    ],
    uses,
    ...podOptions(redis),
  };
}

function credentialsOf({ name }: RedisWorkload): SecretDeclaration {
  const key = { required: true, neededBy: "Redis itself" };
  return { name, keys: { password: key, "auth.conf": key } };
}
