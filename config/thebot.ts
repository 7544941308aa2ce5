import { z } from "zod";
import { type DeclaredSecret, optional, required } from "./secrets";
import type { SystemConfig } from "./system";
import { answersToSomebody, django } from "./thebot-django";
import { backend, celery, celeryBeat, frontend, jobs, ownPostgresql, ownRedis } from "./thebot-workloads";
import { backup } from "./values/backup";
import { contradiction } from "./values/contradiction";
import { host } from "./values/host";
import { image } from "./values/image";
import { ingressAgrees, ingressShape } from "./values/ingress";
import { list } from "./values/list";
import { eitherOf, managedPostgresql, managedRedis } from "./values/managed";
import { storageClassName } from "./values/name";
import { placement } from "./values/placement";
import { pullSecrets } from "./values/pull-secrets";
import { integer, isMapping, oneOf } from "./values/scalar";
import { storage } from "./values/storage";
import { systemShape } from "./values/system-shape";

const images = z.strictObject({
  backend: image()
    .describe("The image of Django: of backend, Celery, migration and static files alike.")
    .prefault("thebot/backend:latest"),
  frontend: image()
    .describe("The image of the frontend: nginx with the built pages.")
    .prefault("thebot/frontend:latest"),
  pullPolicy: oneOf(["Always", "IfNotPresent", "Never"])
    .describe("When these images are pulled.")
    .prefault("IfNotPresent"),
});

const volumes = z.strictObject({
  static: storage("2Gi").describe("The static files, which the collectstatic job writes.").prefault({}),
  media: storage("5Gi").describe("What users upload.").prefault({}),
  backups: storage("10Gi")
    .describe("The last 30 of the application's nightly dumps of database and media. Left out: they fail.")
    .optional(),
});

const ingress = z
  .strictObject({
    // A WebSocket may be silent for as long as a browser tab stays open.
    ...ingressShape({ maxBodySize: "50m", timeoutSeconds: 86_400 }),
    aliases: list(host())
      .describe("Further host names, which lead where the first one does; the certificate holds them all.")
      .prefault([]),
  })
  .superRefine(ingressAgrees)
  .superRefine(({ host, aliases }, context) => {
    if (!Array.isArray(aliases) || !aliases.includes(host)) return;
    contradiction(context, {
      path: ["aliases"],
      input: aliases,
      message: "says again what host says",
      accepts: "further host names",
      beside: ["host"],
    });
  });

/** `muster:thebot`. */
const thebotConfig = z
  .strictObject({
    ...systemShape("thebot"),
    image: images.describe("The system's own images.").prefault({}),
    imagePullSecrets: pullSecrets(),
    django: django.describe("What Django is told.").prefault({}),
    backend: backend.describe("Django, which answers the API, the admin pages and WebSockets.").prefault({}),
    frontend: frontend.describe("nginx with the built pages.").prefault({}),
    celery: celery.describe("Celery's workers.").prefault({}),
    celeryBeat: celeryBeat.describe("Celery's clock, of which there is one.").prefault({}),
    jobs: jobs.describe("The migration and the collection of static files.").prefault({}),
    postgresql: ownPostgresql
      .describe("The database. Not together with managedDatabase, which takes its place.")
      .optional(),
    managedDatabase: managedPostgresql()
      .describe("A PostgreSQL that somebody else runs; its password is thebot:POSTGRES_PASSWORD.")
      .optional(),
    redis: ownRedis
      .describe("Queue, cache and channel layer. Not together with managedRedis, which takes its place.")
      .optional(),
    managedRedis: managedRedis()
      .describe("A Redis that somebody else runs; its password is thebot:REDIS_PASSWORD.")
      .optional(),
    volumes: volumes.describe("The volumes that several pods mount.").prefault({}),
    backup: backup()
      .describe("Backs up the system's own PostgreSQL and Redis. Left out: nothing is backed up.")
      .optional(),
    storageClass: storageClassName()
      .describe("The StorageClass of volumes that name none. Default: the cluster's own.")
      .optional(),
    ingress: ingress.describe("The way in from outside. Left out: there is none.").optional(),
    rolloutTimeoutSeconds: integer({ min: 10, max: 86_400, unit: "seconds" })
      .describe(
        "How long a roll-out may take before it has failed; that of a workload never less than its pods may take to stop.",
      )
      .prefault(600),
    placement: placement().describe("Which nodes the system's pods may go to.").prefault({}),
  })
  .superRefine(eitherOf("postgresql", "managedDatabase"))
  .superRefine(eitherOf("redis", "managedRedis"))
  .superRefine(answersToSomebody)
  .superRefine(backsUpItsOwn)
  .meta({
    not: {
      anyOf: [{ required: ["postgresql", "managedDatabase"] }, { required: ["redis", "managedRedis"] }],
    },
  })
  .transform(({ storageClass, postgresql, redis, ...config }) => {
    const stored = <V extends { storageClass?: string }>(volume: V) => ({ storageClass, ...volume });
    const kept = <W extends { storage: { storageClass?: string } }>(workload: W) => ({
      ...workload,
      storage: stored(workload.storage),
    });
    return {
      ...config,
      postgresql: kept(postgresql ?? ownPostgresql.parse({})),
      redis: kept(redis ?? ownRedis.parse({})),
      backup: config.backup && { ...config.backup, claim: stored(config.backup.claim) },
      volumes: {
        static: stored(config.volumes.static),
        media: stored(config.volumes.media),
        backups: config.volumes.backups && stored(config.volumes.backups),
      },
    };
  });

/** Refuses backups of what the system does not run: whoever runs a managed server backs it up. */
function backsUpItsOwn(
  { backup, managedDatabase, managedRedis }: Readonly<Record<string, unknown>>,
  context: z.core.$RefinementCtx,
): void {
  if (!isMapping(backup) || managedDatabase === undefined) return;
  const shared = { accepts: "it taken out, and backups of whoever runs that", beside: ["managedDatabase"] };
  if (managedRedis !== undefined)
    contradiction(context, {
      path: ["backup"],
      input: backup,
      message: "has nothing to back up: the system runs neither a database nor a Redis of its own",
      ...shared,
    });
  else if (backup.beforeMigration === true)
    contradiction(context, {
      path: ["backup", "beforeMigration"],
      input: true,
      message: "has nothing to back up: the system runs no database of its own",
      ...shared,
    });
}

/** The secrets that the operator supplies, by their keys in `thebot-secrets`; the two URLs there are composed. */
export const thebotSecrets = {
  SECRET_KEY: {
    ...required(
      "The key that Django signs with: at least 50 random characters.",
      "Django, which does not start without it",
    ),
    generated: 50,
  },
  OPENROUTER_API_KEY: optional("The API key of OpenRouter.", "Django, to have study plans written"),
  PACHCA_FORUM_API_TOKEN: optional("A token for Pachca.", "Django, to post to the forum"),
  TELEGRAM_BOT_TOKEN: optional("The token of the Telegram bot.", "Django, to send to Telegram"),
  YOOKASSA_SHOP_ID: optional("The id of the shop at YooKassa.", "Django, to take payments"),
  YOOKASSA_SECRET_KEY: optional("The key of the shop at YooKassa.", "Django, to take payments"),
} satisfies Record<string, DeclaredSecret>;

const passwords = {
  POSTGRES_PASSWORD: {
    ...required("The password of PostgreSQL.", "DATABASE_URL"),
    when: "managedDatabase",
    ownServer: true,
  },
  REDIS_PASSWORD: {
    ...required("The password of Redis.", "REDIS_URL"),
    when: "managedRedis",
    ownServer: true,
  },
} satisfies Record<string, DeclaredSecret>;

/** The keys of the bucket of backups, by the names that the operator supplies them under. */
export const bucketSecrets = {
  "backup-access-key-id": {
    ...required("The access key of the bucket.", "the copy of backups to the bucket"),
    when: "backup.s3",
  },
  "backup-secret-access-key": {
    ...required("The secret of that key.", "the copy of backups to the bucket"),
    when: "backup.s3",
  },
} satisfies Record<string, DeclaredSecret>;

export const thebot = {
  description: "thebot: an educational platform in Django, with Celery, PostgreSQL and Redis.",
  schema: thebotConfig,
  secrets: { ...thebotSecrets, ...passwords, ...bucketSecrets },
  files: {},
} as const;

export type ThebotConfig = SystemConfig<typeof thebot>;
