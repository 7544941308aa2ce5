import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterService } from "./cluster-service";
import { ConfigFiles, type ConfigFilesDeclaration } from "./config-files";
import type { Resources } from "./container";
import { dependencies } from "./dependencies";
import { address, type Endpoint } from "./edge";
import { generatedPassword } from "./generated-password";
import { labels } from "./labels";
import { type ManagedPostgresql, serverAddress } from "./managed";
import type { Storage } from "./persistent-volume-claim";
import { type PodDeclaration, type PodOptions, podOptions } from "./pod-template";
import { setupPath, setupSql, withdrawSql } from "./postgresql-passwords";
import { type ProbeTimings, probes } from "./probe";
import type { PasswordKey } from "./secret";
import { statefulSet } from "./stateful-set";
import type { WorkloadArgs } from "./workload-args";

/** A PostgreSQL with one database, which belongs to one user. */
export interface PostgresqlDeclaration extends PodOptions {
  /** Name of its objects and its host name. */
  readonly name: string;
  /** `app.kubernetes.io/component`, where people select on another than the name. Default: the name. */
  readonly component?: string;
  /** Image reference of the official image, 15 or newer. */
  readonly image: string;
  /** Its database: none of those that PostgreSQL makes itself, such as `postgres`. */
  readonly database: string;
  /** The user that owns the database, and is no superuser: not `postgres`, which PostgreSQL itself starts as. */
  readonly user: string;
  readonly storage: Storage;
  readonly resources: Resources;
  /** Size of /dev/shm, as a quantity, through which the processes of a parallel query talk; it counts as memory. */
  readonly sharedMemory: string;
  readonly probes: ProbeTimings;
  /** Seconds until a roll-out that is not ready counts as failed. Default 600. */
  readonly timeoutSeconds?: number;
  /**
   * Whether its superuser gets the password of its Secret at every start too, by which backups come in: the one that an
   * old volume knows may be of a stack that is gone. Default: false.
   */
  readonly superuserLogin?: boolean;
  /** Name under which the operator may supply the password of its user. Without a value it is generated. */
  readonly ownPassword?: string;
}

/** A declared PostgreSQL, as an endpoint that others use. */
export interface PostgresqlWorkload extends PostgresqlDeclaration, Endpoint {
  readonly kind: "postgresql";
  readonly uses: readonly [];
}

/** The workload of a declaration, which reaches nothing and is reached on the port of PostgreSQL. */
export function postgresqlWorkload(declared: PostgresqlDeclaration): PostgresqlWorkload {
  return { kind: "postgresql", ports: { postgresql: 5432 }, uses: [], ...declared };
}

/** The URL of a PostgreSQL database, user and password included. */
export function postgresqlUrl(postgresql: PostgresqlWorkload | ManagedPostgresql): PasswordKey {
  const { user, database } = postgresql;
  const after = `@${serverAddress(postgresql)}/${database}`;
  // Of one of the system's own, each password has a login of its own.
  const before =
    "server" in postgresql
      ? { before: `postgresql://${user}:` }
      : { before: "postgresql://", loginOf: postgresql.name };
  return { passwordOf: postgresql, text: { ...before, after, url: true } };
}

export interface PostgresqlArgs extends WorkloadArgs<PostgresqlWorkload> {
  /** The password of its login, generated or the operator's own. */
  readonly password: pulumi.Output<string>;
  /** The login that the password is of. */
  readonly login: pulumi.Output<string>;
}

/** One PostgreSQL pod with its volume, generated passwords, and the Service that it is reached by. */
export class Postgresql extends pulumi.ComponentResource {
  /** Its Secret: once that is there, it takes the password. */
  readonly credentials: core.v1.Secret;

  constructor(name: string, args: PostgresqlArgs, opts: pulumi.ComponentResourceOptions = {}) {
    // Its Secret waits for nothing: those that are composed of its password come after it, and its pod after them.
    super("muster:index:Postgresql", name, {}, { ...opts, dependsOn: [] });
    const { system, declared: postgresql, password, login, secretDigest, hooks } = args;
    const superuser = generatedPassword(`${name}-superuser`, {}, { parent: this });
    this.credentials = new core.v1.Secret(
      name,
      {
        metadata: { name: postgresql.name, namespace: system.namespace, labels: labels(system, postgresql) },
        type: "Opaque",
        stringData: { user: login, password, "superuser-password": superuser },
      },
      { parent: this, hooks: hooks?.postgresqlSecret },
    );
    const config = postgresqlConfig(postgresql);
    const files = new ConfigFiles(`${name}-setup`, { system, declared: config }, { parent: this });
    const { storage, timeoutSeconds } = postgresql;
    const pod = {
      ...postgresqlPod(postgresql, config),
      data: { path: dataPath, ...storage },
      timeoutSeconds,
    };
    const dependsOn = [...dependencies(opts), this.credentials, files];
    // The password is told to the pod that runs (postgresql-passwords.ts): none is rolled for it.
    const digests = secretDigest?.with({ [postgresql.name]: { "superuser-password": superuser } });
    statefulSet(name, { system, hooks, secretDigest: digests, declared: pod }, { parent: this, dependsOn });
    clusterService(name, { system, declared: postgresql }, { parent: this });
    this.registerOutputs({ address: address(postgresql) });
  }
}

const dataPath = "/var/lib/postgresql/data";

/**
 * What runs at every start: it makes the user and the database where they are missing, and gives the login the
 * password of the Secret. So a new password is taken over although the volume is an old one.
 */
export function postgresqlConfig(postgresql: PostgresqlWorkload): ConfigFilesDeclaration {
  const { name, user, database } = postgresql;
  const psql = "psql --quiet --no-psqlrc --username=postgres --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse";
  // Over TCP: while the image initialises an empty volume, its server listens on the socket alone.
  const ready = "until pg_isready --quiet --host=127.0.0.1; do sleep 1; done";
  const script = (...lines: string[]) => `${["set -eu", ...lines].join("\n")}\n`;
  return {
    name: `${name}-setup`,
    files: {
      "setup.sh": script(ready, `${psql} --file=${setupPath}/setup.sql`),
      "setup.sql": setupSql(postgresql),
      "withdraw.sh": script(ready, `${psql} --dbname=${database} --file=${setupPath}/withdraw.sql`),
      "withdraw.sql": withdrawSql(user),
    },
  };
}

/** PostgreSQL as a pod. */
export function postgresqlPod(
  postgresql: PostgresqlWorkload,
  config = postgresqlConfig(postgresql),
): PodDeclaration {
  const { name, component, image, user, database, uses, resources, sharedMemory } = postgresql;
  const ask = ["pg_isready", `--username=${user}`, `--dbname=${database}`, "--host=127.0.0.1"];
  // It ends with 1 while the server answers that it lets nobody in yet: it replays its log after a crash, or ends.
  const alive = { command: ["sh", "-c", `${ask.join(" ")}; test $? -le 1`] };
  // The official image knows its user by number, which Alpine and Debian have given differently.
  const id = image.includes("alpine") ? 70 : 999;
  return {
    name,
    component,
    image,
    // The system's policy is for images of its own; with Never, nobody would have put this one on the node.
    imagePullPolicy: "IfNotPresent",
    user: id,
    environment: {
      PGDATA: `${dataPath}/pgdata`,
      POSTGRES_PASSWORD: { secret: credentialsOf(postgresql), key: "superuser-password" },
      APPLICATION_USER: { secret: credentialsOf(postgresql), key: "user" },
      APPLICATION_PASSWORD: { passwordOf: postgresql },
    },
    ports: postgresql.ports,
    postStart: ["sh", `${setupPath}/setup.sh`],
    ...probes(postgresql.probes, { alive, ready: { command: ask } }),
    resources,
    ephemeralStorage: { request: "128Mi", limit: "1Gi" },
    writable: {
      "/tmp": "64Mi",
      "/var/run/postgresql": "16Mi",
      "/dev/shm": { size: sharedMemory, medium: "Memory" },
    },
    mounts: [{ path: setupPath, from: config }],
    uses,
    ...podOptions(postgresql),
  };
}

/** Its Secret: the login, its password, and the superuser's. */
export function credentialsOf({ name }: PostgresqlWorkload) {
  const key = { required: true, neededBy: "PostgreSQL itself" };
  return { name, keys: { user: key, password: key, "superuser-password": key } };
}
