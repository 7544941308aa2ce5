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
  return {
    passwordOf: postgresql,
    text: { before: `postgresql://${user}:`, after: `@${serverAddress(postgresql)}/${database}`, url: true },
  };
}

export interface PostgresqlArgs extends WorkloadArgs<PostgresqlWorkload> {
  /** The password of its user, generated or the operator's own. */
  readonly password: pulumi.Output<string>;
}

/** One PostgreSQL pod with its volume, generated passwords, and the Service that it is reached by. */
export class Postgresql extends pulumi.ComponentResource {
  constructor(name: string, args: PostgresqlArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("muster:index:Postgresql", name, {}, opts);
    const { system, declared: postgresql, password, secretDigest, hooks } = args;
    const superuser = generatedPassword(`${name}-superuser`, {}, { parent: this });
    const credentials = { password, "superuser-password": superuser };
    const secret = new core.v1.Secret(
      name,
      {
        metadata: { name: postgresql.name, namespace: system.namespace, labels: labels(system, postgresql) },
        type: "Opaque",
        stringData: credentials,
      },
      { parent: this },
    );
    const config = postgresqlConfig(postgresql);
    const files = new ConfigFiles(`${name}-setup`, { system, declared: config }, { parent: this });
    const { storage, timeoutSeconds } = postgresql;
    const pod = {
      ...postgresqlPod(postgresql, config),
      data: { path: dataPath, ...storage },
      timeoutSeconds,
    };
    const dependsOn = [...dependencies(opts), secret, files];
    const digests = secretDigest.with({ [postgresql.name]: credentials });
    statefulSet(name, { system, hooks, secretDigest: digests, declared: pod }, { parent: this, dependsOn });
    clusterService(name, { system, declared: postgresql }, { parent: this });
    this.registerOutputs({ address: address(postgresql) });
  }
}

const dataPath = "/var/lib/postgresql/data";
const setupPath = "/etc/postgresql-setup";

/**
 * What runs at every start: it makes the user and the database where they are missing, and gives the user the
 * password of the Secret. So a new password is taken over although the volume is an old one.
 */
export function postgresqlConfig({
  name,
  user,
  database,
  superuserLogin = false,
}: PostgresqlWorkload): ConfigFilesDeclaration {
  const sql = [
    // The log has every statement that fails, and one of them holds the password.
    "SET log_min_error_statement = panic;",
    "\\getenv password APPLICATION_PASSWORD",
    `SELECT 'CREATE ROLE "${user}" LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec`,
    `ALTER ROLE "${user}" LOGIN NOSUPERUSER PASSWORD :'password';`,
    ...(superuserLogin
      ? ["\\getenv superuser POSTGRES_PASSWORD", "ALTER ROLE postgres PASSWORD :'superuser';"]
      : []),
    `SELECT 'CREATE DATABASE "${database}" OWNER "${user}"'`,
    `  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec`,
  ];
  const script = [
    "set -eu",
    // Over TCP: while the image initialises an empty volume, its server listens on the socket alone.
    "until pg_isready --quiet --host=127.0.0.1; do sleep 1; done",
    `psql --quiet --no-psqlrc --username=postgres --set=ON_ERROR_STOP=1 --file=${setupPath}/setup.sql`,
  ];
  return {
    name: `${name}-setup`,
    files: { "setup.sh": `${script.join("\n")}\n`, "setup.sql": `${sql.join("\n")}\n` },
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

function credentialsOf({ name }: PostgresqlWorkload) {
  const key = { required: true, neededBy: "PostgreSQL itself" };
  return { name, keys: { password: key, "superuser-password": key } };
}
