import { postgresqlBackup } from "./backup/postgresql";
import { redisBackup } from "./backup/redis";
import { backupScript } from "./backup/script";
import type { ConfigFilesDeclaration } from "./config-files";
import type { Resources } from "./container";
import type { CronJobWorkload } from "./cron-job";
import type { Environment } from "./environment";
import { contentDigest, type JobWorkload, jobWorkload } from "./job";
import type { ClaimDeclaration } from "./persistent-volume-claim";
import { type PodDeclaration, type PodOptions, podOptions } from "./pod-template";
import type { PostgresqlWorkload } from "./postgresql";
import type { RedisWorkload } from "./redis";

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
  readonly resources: Resources;
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

function backupPod(
  server: BackedUpServer,
  { keep, claim, resources, ...options }: BackupDeclaration,
): PodDeclaration {
  const { name, component = name, image } = server;
  return {
    name: `${name}-backup`,
    component: `${component}-backup`,
    image,
    imagePullPolicy: "IfNotPresent",
    // The same for all servers, so that the volume's files belong to one; Redis reads what is restored as this user.
    user: 999,
    group: 1000,
    command: ["sh", `${scriptPath}/backup.sh`],
    args: ["run"],
    environment: {
      ...clientEnvironment(server),
      BACKUP_DIRECTORY: `${backupPath}/${name}`,
      BACKUPS_KEPT: `${keep}`,
    },
    mounts: [
      { path: scriptPath, from: backupScripts(server) },
      { path: backupPath, from: claim },
    ],
    writable: { "/tmp": "64Mi" },
    resources,
    uses: [server],
    ...podOptions(options),
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
export function backupScripts({ name, kind }: BackedUpServer): ConfigFilesDeclaration {
  return {
    name: `${name}-backup`,
    files: {
      "backup.sh": backupScript,
      "server.sh": kind === "redis" ? redisBackup : postgresqlBackup,
    },
  };
}
