import { beforeAll, describe, expect, test } from "vitest";
import type { Workload } from "../../../components/declaration";
import { type Edge, isExternal } from "../../../components/edge";
import { declaredSystems } from "../../../systems";
import { configOf } from "../shipped-stack";
import { celeryUrl, goRedis, type RedisAddress, redisUrl, stackExchangeRedis, undecodedUrl } from "./clients";
import { Container } from "./container";
import { RenderedSystem } from "./rendered-system";

// Who reads an address says what form it has. Each is read here as its client reads it, in the pod that has it.

/** Of a server elsewhere: in a URL it has to be encoded. */
const passwordElsewhere = "p@ss/w0rd:%";

type Environment = Readonly<Record<string, string>>;

/** The addresses of Redis that each workload's program reads, by the library that it is built on. */
const redisReaders: Readonly<Record<string, (environment: Environment) => readonly RedisAddress[]>> = {
  "agentsmith/dispatcher": ({ REDIS_URL }) => [stackExchangeRedis(REDIS_URL!)],
  "agentsmith/agent": ({ REDIS_URL }) => [stackExchangeRedis(REDIS_URL!)],
  // redis-py; the bot is on node-redis, which takes the same URLs.
  "vomeet-bot/bot-manager": ({ REDIS_URL }) => [redisUrl(REDIS_URL!)],
  "vomeet-bot/vomeet-bot": ({ REDIS_URL }) => [redisUrl(REDIS_URL!)],
  "wbot/wbot-ai": ({ REDIS_URL }) => [redisUrl(REDIS_URL!)],
  "rtc-egress/egress": queue,
  "rtc-egress/webhook-notifier": queue,
  "rtc-egress/web-dispatch": queue,
  // Celery, and Django's cache on redis-py.
  "thebot/thebot-backend": django,
  "thebot/thebot-celery": django,
  "thebot/thebot-celery-beat": django,
  "thebot/thebot-migrate": django,
};

function queue({ REDIS_ADDR, REDIS_PASSWORD, REDIS_DB }: Environment): RedisAddress[] {
  return [goRedis(REDIS_ADDR!, REDIS_PASSWORD, REDIS_DB)];
}

function django({ REDIS_URL, CELERY_BROKER_URL, CELERY_RESULT_BACKEND }: Environment): RedisAddress[] {
  return [redisUrl(REDIS_URL!), ...[CELERY_BROKER_URL!, CELERY_RESULT_BACKEND!].map(celeryUrl)];
}

/** A stack whose servers run elsewhere. */
const elsewhere = `config:
  muster:wbot: { managedRedis: { host: cache.example.com, port: 6380 } }
  muster:thebot:
    managedRedis: { host: cache.example.com, port: 6380 }
    managedDatabase: { host: db.example.com, database: thebot, user: thebot_user }
  muster:rtc-egress: { managedRedis: { host: queue.example.com } }
`;

async function systemsOf(stack: string, text?: string): Promise<RenderedSystem[]> {
  const declared = declaredSystems(configOf(stack, text, () => passwordElsewhere));
  return Promise.all(declared.map((system) => RenderedSystem.of(system, stack)));
}

/** Those that use a Redis or a PostgreSQL, of the system or elsewhere, with the server that they use. */
function users({ system: { declared } }: RenderedSystem, kind: "redis" | "postgresql") {
  return declared.workloads.flatMap((workload) =>
    workload.uses.flatMap((edge) => {
      const server = edge as { kind?: string; server?: string };
      return server.kind === kind || server.server === kind ? [{ workload, edge }] : [];
    }),
  );
}

function environmentOf(system: RenderedSystem, { name }: Workload): Environment {
  const image = { workingDirectory: "/", files: {} };
  return new Container(system, system.template(name), image).environment;
}

const stacks = [
  ["dev", undefined],
  ["prod", undefined],
  ["managed", elsewhere],
] as const;

describe.each(stacks)("stack %s", (stack, text) => {
  let systems: readonly RenderedSystem[];

  beforeAll(async () => {
    systems = await systemsOf(stack, text);
  });

  test("every user of a Redis reads where it is, and its password", () => {
    for (const system of systems)
      for (const { workload, edge } of users(system, "redis")) {
        const user = `${system.system.declared.name}/${workload.name}`;
        const read = redisReaders[user]?.(environmentOf(system, workload));
        expect(read, user).not.toHaveLength(0);
        for (const address of read!) expect(address, user).toMatchObject(serverAt(edge, system));
      }
  });

  test("every user of a PostgreSQL reads where it is, and its password", () => {
    for (const system of systems)
      for (const { workload, edge } of users(system, "postgresql")) {
        const { DATABASE_URL, DB_HOST: host, DB_PASSWORD: password } = environmentOf(system, workload);
        const read = DATABASE_URL ? undecodedUrl(DATABASE_URL) : { host, password };
        expect(read, workload.name).toMatchObject(serverAt(edge, system));
      }
  });
});

function serverAt(edge: Edge, system: RenderedSystem) {
  if (!isExternal(edge)) return { host: edge.name, password: system.secret(edge.name).password };
  const { host, tls } = edge as { readonly host?: string; readonly tls?: boolean };
  return { host, password: passwordElsewhere, ...(tls === undefined ? {} : { tls }) };
}
