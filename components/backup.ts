import { bucketScript } from "./backup/bucket";
import { postgresqlBackup } from "./backup/postgresql";
import { redisBackup } from "./backup/redis";
import { backupScript } from "./backup/script";
import type { ConfigFilesDeclaration } from "./config-files";
import type { Resources } from "./container";
import type { CronJobWorkload } from "./cron-job";
import type { Edge } from "./edge";
import { type Environment, secretKey } from "./environment";
import { contentDigest, type JobWorkload, jobWorkload } from "./job";
import type { ClaimDeclaration } from "./persistent-volume-claim";
import { type PodDeclaration, type PodOptions, podOptions } from "./pod-template";
import type { PostgresqlWorkload } from "./postgresql";
import type { RedisWorkload } from "./redis";
import type { SecretDeclaration, SecretKeyDeclaration } from "./secret";

/** A server of the system's own that has a volume. */
export type BackedUpServer = PostgresqlWorkload | RedisWorkload;

/** How the servers of a system are backed up. */
export interface BackupDeclaration extends PodOptions {
  /** When, as Kubernetes writes schedules, in UTC. */
  readonly schedule: string;
  /** How many backups of a server there are. */
  readonly keep: number;
  /** Seconds after which a run is stopped and has failed. */
  readonly activeDeadlineSeconds: number;
  /** The volume of all of them: a directory for each server. */
  readonly claim: ClaimDeclaration;
  /** Where they are copied to. Default: they are on the volume alone. */
  readonly bucket?: BucketDeclaration;
  readonly resources: Resources;
}

/** A bucket that speaks S3, and what reaches it. */
export interface BucketDeclaration {
  readonly name: string;
  readonly region: string;
  /** Default: that of AWS. */
  readonly endpoint?: string;
  /** What comes before the name of the server: `prod/thebot`. No other system of any stack may have the same. */
  readonly prefix: string;
  /** An image with rclone and a shell. */
  readonly image: string;
  readonly edge: Edge;
  readonly credentials: SecretDeclaration & {
    readonly keys: Readonly<Record<"access-key-id" | "secret-access-key", SecretKeyDeclaration>>;
  };
}

const backupPath = "/backup";
const scriptPath = "/etc/backup";

/** The CronJob that backs up a server, by the programs of the server's own image. */
export function backupWorkload(server: BackedUpServer, backup: BackupDeclaration): CronJobWorkload {
  const { schedule, activeDeadlineSeconds } = backup;
  return { kind: "cron-job", ...backupPod(server, backup), schedule, activeDeadlineSeconds };
}

/** The backup of a server that a job begins after, such as a migration: where that runs again, so does this. */
export function backupBefore(
  job: JobWorkload,
  server: BackedUpServer,
  backup: BackupDeclaration,
): JobWorkload {
  const pod = backupPod(server, backup);
  const { activeDeadlineSeconds } = backup;
  return jobWorkload({
    ...pod,
    name: `${pod.name}-before`,
    component: `${pod.component}-before`,
    environment: { ...pod.environment, BACKUP_BEFORE: contentDigest(job) },
    activeDeadlineSeconds,
    backoffLimit: 1,
  });
}

function backupPod(server: BackedUpServer, backup: BackupDeclaration): PodDeclaration {
  const { keep, claim, bucket, resources, ...options } = backup;
  const { name, component = name, image } = server;
  const shared = {
    mounts: [
      { path: scriptPath, from: backupScripts(server, backup) },
      { path: backupPath, from: claim },
    ],
    writable: { "/tmp": "64Mi" },
    resources,
  };
  const environment = { BACKUP_DIRECTORY: `${backupPath}/${name}`, BACKUPS_KEPT: `${keep}` };
  const make = {
    ...shared,
    image,
    command: ["sh", `${scriptPath}/backup.sh`],
    args: ["run"],
    environment: { ...environment, ...clientEnvironment(server) },
  };
  const copy = bucket && {
    ...shared,
    image: bucket.image,
    command: ["sh", `${scriptPath}/bucket.sh`],
    args: ["upload"],
    environment: { ...environment, ...bucketEnvironment(server, bucket) },
  };
  return {
    name: `${name}-backup`,
    component: `${component}-backup`,
    imagePullPolicy: "IfNotPresent",
    // The same for all servers, so that the volume's files belong to one; Redis reads what is restored as this user.
    user: 999,
    group: 1000,
    ...(copy ? { ...copy, initContainers: [{ ...make, name: "make" }] } : make),
    uses: [server, ...(bucket ? [bucket.edge] : [])],
    ...podOptions(options),
  };
}

function bucketEnvironment(
  { name: server }: BackedUpServer,
  { name, region, endpoint, prefix, credentials }: BucketDeclaration,
): Environment {
  const remote = {
    TYPE: "s3",
    PROVIDER: endpoint ? "Other" : "AWS",
    REGION: region,
    ...(endpoint ? { ENDPOINT: endpoint } : {}),
    ACCESS_KEY_ID: secretKey(credentials, "access-key-id"),
    SECRET_ACCESS_KEY: secretKey(credentials, "secret-access-key"),
    // Whoever may write to a bucket may not always look whether there is one.
    NO_CHECK_BUCKET: "true",
  };
  return {
    BUCKET_PATH: `${name}/${prefix}/${server}`,
    HOME: "/tmp",
    RCLONE_CONFIG: "/tmp/rclone.conf",
    ...Object.fromEntries(
      Object.entries(remote).map(([key, value]) => [`RCLONE_CONFIG_BUCKET_${key}`, value]),
    ),
  };
}

function clientEnvironment(server: BackedUpServer): Environment {
  if (server.kind === "redis")
    return {
      REDIS_HOST: server.name,
      REDIS_PORT: `${server.ports.redis}`,
      REDISCLI_AUTH: { passwordOf: server },
    };
  return {
    PGHOST: server.name,
    PGPORT: `${server.ports.postgresql}`,
    PGDATABASE: server.database,
    // Whoever made them, it may read all tables, and make the database that a restore goes to.
    PGUSER: "postgres",
    PGPASSWORD: { passwordOf: server, user: "superuser" },
    OWNER: server.user,
  };
}

/** What runs in the pods of a server's backups. */
export function backupScripts(
  { name, kind }: BackedUpServer,
  { bucket }: Pick<BackupDeclaration, "bucket">,
): ConfigFilesDeclaration {
  return {
    name: `${name}-backup`,
    files: {
      "backup.sh": backupScript,
      ...(bucket ? { "bucket.sh": bucketScript } : {}),
      "server.sh": kind === "redis" ? redisBackup : postgresqlBackup,
    },
  };
}
