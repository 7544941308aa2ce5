import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { PostgresqlWorkload } from "../../components/postgresql";
import { thebot } from "../../systems/thebot";
import { PostgresqlServer, postgresqlInstalled } from "./postgresql-server";
import { StackDirectory } from "./stack-directory";

describe.skipIf(!postgresqlInstalled)("PostgreSQL as Muster sets it up (needs PostgreSQL's server)", () => {
  let postgresql: PostgresqlWorkload;
  let server: PostgresqlServer;

  beforeAll(async () => {
    using directory = new StackDirectory();
    const { workloads } = thebot(directory.parse("config: { muster:thebot: {} }").thebot!);
    postgresql = workloads.find((workload) => workload.kind === "postgresql")!;
    server = await PostgresqlServer.create(postgresql);
    await server.start("first-password");
  });
  afterAll(() => server.delete());

  test("the application gets in with the password of the Secret, and nobody with another", () => {
    expect(server.application("first-password", "SELECT current_user, current_database()")).toBe(
      "thebot_user|thebot",
    );
    expect(server.application("wrong", "SELECT 1")).toMatch(/password authentication failed/);
    expect(server.application("", "SELECT 1")).toMatch(/no password supplied/);
    expect(server.application("first-password", "SELECT 1", { user: "postgres" })).toMatch(
      /password authentication failed/,
    );
  });

  test("the application owns its database, and is no superuser", () => {
    const rights = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls";
    const role = `SELECT ${rights} FROM pg_roles WHERE rolname = current_user`;
    expect(server.application("first-password", role)).toBe("f|f|f|f|f");
    expect(server.application("first-password", "COPY (SELECT 1) TO PROGRAM 'cat'")).toMatch(
      /pg_execute_server_program/,
    );
    expect(server.application("first-password", "CREATE TABLE lesson (title text)")).toBe("CREATE TABLE");
    expect(server.application("first-password", "INSERT INTO lesson VALUES ('one')")).toBe("INSERT 0 1");
  });

  test("the probe succeeds while it runs, and fails when it does not", async () => {
    expect(server.ready()).toBe(true);
    await server.stop();
    expect(server.ready()).toBe(false);
    await server.start("first-password");
    expect(server.ready()).toBe(true);
  });

  test("while it recovers it is alive, and not ready; when there is no server yet, it has not started", async () => {
    await server.stop();
    // As during initdb, for which startup has ten minutes.
    expect(server.probes()).toEqual({ started: false, alive: false, ready: false });
    server.startRecovering();
    await expect
      .poll(() => server.probes(), { timeout: 60_000 })
      .toEqual({
        started: true,
        alive: true,
        ready: false,
      });
    await server.stopRecovering();
    await server.start("first-password");
    expect(server.probes()).toEqual({ started: true, alive: true, ready: true });
  });

  test("what was committed is there after a kill", async () => {
    server.application("first-password", "INSERT INTO lesson VALUES ('two')");
    await server.kill();
    await server.start("first-password");
    await expect.poll(() => server.log).toContain("database system was not properly shut down");
    expect(server.application("first-password", "SELECT title FROM lesson ORDER BY 1")).toBe("one\ntwo");
  });

  test("a new password holds from the next start on, and the data stay", async () => {
    await server.stop();
    await server.start("second-password");
    expect(server.application("second-password", "SELECT count(*) FROM lesson")).toBe("2");
    expect(server.application("first-password", "SELECT 1")).toMatch(/password authentication failed/);
  });

  test("no password is in its log", async () => {
    await server.stop();
    expect(server.log).toContain("database system is ready to accept connections");
    expect(server.log).not.toContain("first-password");
    expect(server.log).not.toContain("second-password");
  });

  test("nor is it when the password cannot be set", async () => {
    // There is such a role from the start, and PostgreSQL lets nobody alter it.
    const failing = await PostgresqlServer.create({ ...postgresql, user: "pg_monitor" });
    onTestFinished(() => failing.delete());
    await expect(failing.start("second-password")).rejects.toThrow('role name "pg_monitor" is reserved');
    await failing.stop();
    expect(failing.log).toContain('role name "pg_monitor" is reserved');
    expect(failing.log).not.toContain("second-password");
  });
});
