import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresqlPasswords } from "../../components/postgresql-passwords";
import { redisPasswords } from "../../components/redis-passwords";
import { thebot } from "../../systems/thebot";
import { PostgresqlServer, postgresqlInstalled } from "./postgresql-server";
import { RedisServer, redisInstalled } from "./redis-server";
import { redis } from "./small-system";
import { StackDirectory } from "./stack-directory";

// A password changes while clients ask, each with a connection of its own: none is refused.

describe.skipIf(!redisInstalled)("a new password of Redis (needs redis-server on PATH)", () => {
  const [old, latest] = [{ password: "old-password" }, { password: "new-password" }];
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start(redis, old.password);
  });
  afterAll(() => server.stop());

  test("no request fails from before it to after it, and then the old one is refused", async () => {
    const asked = (password: string) => server.client(password, "INCR", "requests");
    const before = clients(() => asked(old.password), /^\d+$/);
    await before.answered(5);
    await server.exec(redisPasswords.accept(old, latest));
    const after = clients(() => asked(latest.password), /^\d+$/);
    await before.answered(5);
    await after.answered(5);
    expect(await before.stop()).toEqual([]);
    await server.exec(redisPasswords.withdraw(latest));
    await after.answered(5);
    expect(await after.stop()).toEqual([]);
    expect(await asked(old.password)).toMatch(/WRONGPASS|NOAUTH/);
    expect(Number(await asked(latest.password))).toBeGreaterThan(20);
  });

  test("each step may be repeated, also after the server started with the new one alone", async () => {
    await server.exec(redisPasswords.accept(old, latest));
    expect(await server.client(old.password, "PING")).toBe("PONG");
    await server.exec(redisPasswords.accept(old, latest));
    await server.exec(redisPasswords.withdraw(latest));
    await server.exec(redisPasswords.withdraw(latest));
    expect(await server.client(latest.password, "PING")).toBe("PONG");
  });

  test("whoever knows none of its passwords changes none, and the answer shows none", async () => {
    const wrong = redisPasswords.accept({ password: "guessed-1" }, { password: "guessed-2" });
    const refusal: Error = await server.exec(wrong).then(
      () => expect.fail("it was accepted"),
      (error) => error,
    );
    expect(refusal.message).toMatch(/NOAUTH/);
    expect(refusal.message).not.toContain("guessed");
  });
});

describe.skipIf(!postgresqlInstalled)("a new password of PostgreSQL (needs PostgreSQL's server)", () => {
  const old = { user: "thebot_user", password: "old-password" };
  const latest = { user: "thebot_user_0123abcd", password: "new-password" };
  const last = { user: "thebot_user_89abcdef", password: "last-password" };
  let server: PostgresqlServer;

  beforeAll(async () => {
    using directory = new StackDirectory();
    const { workloads } = thebot(directory.parse("config: { muster:thebot: {} }").thebot!);
    server = await PostgresqlServer.create(workloads.find((workload) => workload.kind === "postgresql")!);
    await server.start(old.password);
    await ask(old, "CREATE TABLE lesson (title text)");
  });
  afterAll(() => server.delete());

  const ask = ({ user, password }: typeof old, sql: string) => server.client(user, password, sql);

  test("no request fails from before it to after it, and then the old one is refused", async () => {
    const insert = "INSERT INTO lesson VALUES ('one')";
    const before = clients(() => ask(old, insert), /^INSERT 0 1$/);
    await before.answered(5);
    await server.exec(postgresqlPasswords.accept(old, latest));
    const after = clients(() => ask(latest, insert), /^INSERT 0 1$/);
    await before.answered(5);
    await after.answered(5);
    expect(await before.stop()).toEqual([]);
    await server.exec(postgresqlPasswords.withdraw(latest));
    await after.answered(5);
    expect(await after.stop()).toEqual([]);
    expect(await ask(old, insert)).toMatch(/password authentication failed/);
  });

  test("what a login makes is the owner's, so that the next one may change it", async () => {
    expect(await ask(latest, "CREATE TABLE made_by_latest (title text)")).toBe("CREATE TABLE");
    expect(await ask(latest, "SELECT current_user, session_user")).toBe(`${old.user}|${latest.user}`);
    await server.exec(postgresqlPasswords.accept(latest, last));
    expect(await ask(last, "ALTER TABLE made_by_latest ADD COLUMN more text")).toBe("ALTER TABLE");
    expect(await ask(latest, "SELECT 1")).toBe("1");
    await server.exec(postgresqlPasswords.withdraw(last));
    await server.exec(postgresqlPasswords.withdraw(last));
    expect(await ask(latest, "SELECT 1")).toMatch(/password authentication failed/);
    expect(
      await ask(
        last,
        "SELECT string_agg(rolname, ' ' ORDER BY length(rolname)) FROM pg_roles WHERE rolname LIKE 'thebot%'",
      ),
    ).toBe(`${old.user} ${last.user}`);
    expect(await ask(last, "ALTER ROLE thebot_user SUPERUSER")).toMatch(/denied|must be superuser/);
  });

  test("a start in the middle takes both, and one on an empty volume has the login of its Secret", async () => {
    await server.exec(postgresqlPasswords.accept(last, latest));
    await server.stop();
    await server.start(latest.password, undefined, latest.user);
    expect(await ask(last, "SELECT 1")).toBe("1");
    expect(await ask(latest, "SELECT 1")).toBe("1");
    expect(server.log).not.toMatch(/(old|new|last)-password/);
  });

  test("a login that another database has something of is refused all the same", async () => {
    await superuser(server, "postgres", "CREATE DATABASE kept");
    await superuser(server, "kept", `GRANT USAGE ON SCHEMA public TO ${last.user}`);
    await server.exec(postgresqlPasswords.withdraw(latest));
    expect(await ask(last, "SELECT 1")).toMatch(/password authentication failed/);
    expect(await ask(latest, "SELECT 1")).toBe("1");
    await superuser(server, "postgres", "DROP DATABASE kept");
    await server.exec(postgresqlPasswords.withdraw(latest));
    expect(await ask(latest, `SELECT count(*) FROM pg_roles WHERE rolname = '${last.user}'`)).toBe("0");
  });

  test("back to the first one, the owner logs in again", async () => {
    await server.exec(postgresqlPasswords.accept(latest, old));
    await server.exec(postgresqlPasswords.withdraw(old));
    expect(await ask(old, "SELECT count(*) > 0 FROM lesson")).toBe("t");
    expect(await ask(latest, "SELECT 1")).toMatch(/password authentication failed/);
  });
});

/** As whoever is in the pod may ask. */
function superuser(server: PostgresqlServer, database: string, sql: string): Promise<void> {
  const command = ["psql", "--username=postgres", `--dbname=${database}`, `--command=${sql}`];
  return server.exec({ command, input: "" });
}

/** Asks without end, several at once; an answer that is not as it should be is kept. */
function clients(ask: () => Promise<string>, expected: RegExp) {
  const refused: string[] = [];
  let goesOn = true;
  let count = 0;
  let told = () => {};
  const client = async () => {
    while (goesOn) {
      const answer = await ask();
      if (!expected.test(answer)) refused.push(answer);
      count += 1;
      told();
    }
  };
  const all = Promise.all([client(), client(), client()]);
  return {
    /** Resolves when so many more have been answered. */
    answered: (more: number) =>
      new Promise<void>((resolve) => {
        const goal = count + more;
        told = () => count >= goal && resolve();
      }),
    async stop(): Promise<string[]> {
      goesOn = false;
      await all;
      return refused;
    },
  };
}
