import { once } from "node:events";
import { existsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { PostgresqlWorkload } from "../../components/postgresql";
import { thebot } from "../../systems/thebot";
import { BackupPod } from "./backup-pod";
import { newerBin, PostgresqlServer, postgresqlInstalled } from "./postgresql-server";
import { StackDirectory } from "./stack-directory";

const password = "password-1";
const superuser = { user: "postgres" };

describe.skipIf(!postgresqlInstalled)("backups of PostgreSQL (need PostgreSQL's server)", () => {
  let postgresql: PostgresqlWorkload;
  let server: PostgresqlServer;
  let pod: BackupPod;

  const ask = (sql: string, database = postgresql.database) =>
    server.application(password, sql, { database });
  const asSuperuser = (sql: string) => server.application("superuser-1", sql, superuser);

  const sleepers = () =>
    asSuperuser("SELECT count(*) FROM pg_stat_activity WHERE usename = 'thebot_user' AND query ~ 'pg_sleep'");

  const endSessions = () =>
    asSuperuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'thebot_user'");

  async function startServer(): Promise<void> {
    server = await PostgresqlServer.create(postgresql);
    await server.start(password, "superuser-1");
  }

  function podOf(keep?: number): BackupPod {
    return new BackupPod(postgresql, { port: server.port, password: "superuser-1", keep });
  }

  beforeAll(async () => {
    using directory = new StackDirectory();
    const { workloads } = thebot(directory.parse("config: { muster:thebot: { backup: {} } }").thebot!);
    postgresql = workloads.find((workload) => workload.kind === "postgresql")!;
    await startServer();
    pod = podOf();
    ask("CREATE TABLE lesson (id serial PRIMARY KEY, title text)");
    ask("INSERT INTO lesson (title) SELECT 'lesson ' || n FROM generate_series(1, 1000) n");
  });
  afterAll(async () => {
    pod.delete();
    await server.delete();
  });

  test("what was written is there again after all but the backups was destroyed", async () => {
    const before = ask("SELECT md5(string_agg(id || title, ',' ORDER BY id)) FROM lesson");
    expect(pod.run(["run"])).toMatchObject({ succeeded: true, stderr: "" });

    await server.delete();
    await startServer();
    pod.reach(server.port);
    expect(ask("SELECT count(*) FROM lesson")).toContain('relation "lesson" does not exist');

    // Beside the one that is in use, and then in its place.
    expect(pod.run(["restore", "latest", "thebot_restored"])).toMatchObject({ succeeded: true });
    const all = "SELECT md5(string_agg(id || title, ',' ORDER BY id)) FROM lesson";
    expect(ask(all, "thebot_restored")).toBe(before);
    ask("CREATE TABLE newer (id int)");
    expect(pod.run(["swap", "thebot_restored", "thebot_before"])).toMatchObject({ succeeded: true });
    expect(ask(all)).toBe(before);
    // The application owns what has come back, and goes on where it was.
    expect(ask("INSERT INTO lesson (title) VALUES ('next') RETURNING id")).toMatch(/^1001/);
    expect(ask("SELECT count(*) FROM newer", "thebot_before")).toBe("0");
  });

  test("whoever is connected finds the restored database when it comes back, and nobody is left in the other", async () => {
    pod.run(["run"]);
    pod.run(["restore", "latest", "thebot_second"]);
    const sleeping = server.session(password, "SELECT pg_sleep(600)");
    await expect.poll(sleepers).toBe("1");
    expect(pod.run(["swap", "thebot_second", "thebot_first"])).toMatchObject({ succeeded: true });
    expect(await sleeping).toContain("terminating connection due to administrator command");
    expect(ask("SELECT count(*) FROM lesson")).not.toBe("0");
  });

  test("a swap with a database that is not there says so, and disconnects nobody", async () => {
    const sleeping = server.session(password, "SELECT pg_sleep(600)");
    await expect.poll(sleepers).toBe("1");
    const { succeeded, stderr } = pod.run(["swap", "nothing", "thebot_other"]);
    expect({ succeeded, stderr }).toEqual({ succeeded: false, stderr: "There is no database nothing.\n" });
    expect(sleepers()).toBe("1");
    endSessions();
    await sleeping;
  });

  test("a swap that fails midway leaves both databases as they were, open", () => {
    asSuperuser("CREATE DATABASE thebot_taken");
    asSuperuser("CREATE DATABASE thebot_new_one");
    onTestFinished(() => {
      for (const name of ["thebot_taken", "thebot_new_one"]) asSuperuser(`DROP DATABASE ${name}`);
    });
    const before = ask("SELECT count(*) FROM lesson");
    expect(pod.run(["swap", "thebot_new_one", "thebot_taken"]).stderr).toContain("already exists");
    expect(ask("SELECT count(*) FROM lesson")).toBe(before);
    expect(asSuperuser("SELECT count(*) FROM pg_database WHERE datname = 'thebot_new_one'")).toBe("1");
  });

  test("whoever comes back at once does not keep a swap from being made", async () => {
    pod.run(["run"]);
    pod.run(["restore", "latest", "thebot_busy"]);
    let isOver = false;
    const busy = [1, 2, 3, 4].map(async () => {
      while (!isOver) await server.session(password, "SELECT pg_sleep(600)");
    });
    await expect.poll(sleepers).toBe("4");
    const swap = pod.begin(["swap", "thebot_busy", "thebot_idle"]);
    const [status] = await once(swap, "exit");
    isOver = true;
    expect(status).toBe(0);
    expect(asSuperuser("SELECT count(*) FROM pg_stat_activity WHERE datname = 'thebot_idle'")).toBe("0");
    endSessions();
    await Promise.all(busy);
  });

  test("what a killed restore has left is removed by the next one, and nothing else; one runs at a time", async () => {
    pod.run(["run"]);
    asSuperuser("CREATE DATABASE partial_killed");
    asSuperuser("CREATE DATABASE partially");
    onTestFinished(() => void asSuperuser("DROP DATABASE partially"));
    const { succeeded, stdout } = pod.run(["restore", "latest", "thebot_whole"]);
    expect(succeeded).toBe(true);
    expect(stdout).toContain("removed partial_killed, which was not whole");
    expect(asSuperuser("SELECT string_agg(datname, ' ') FROM pg_database WHERE datname ~ '^partial'")).toBe(
      "partially",
    );
    const holds = `exec 8> ${pod.path(".restore.lock")}; flock 8`;
    expect(pod.run(["restore", "latest", "thebot_other"], { before: holds }).stderr).toContain(
      "Another restore of this server is under way.",
    );
  });

  test("the oldest go when there are more than are kept", () => {
    const few = podOf(2);
    onTestFinished(() => few.delete());
    few.run(["run"]);
    for (const year of [2020, 2021]) writeFileSync(few.path(`${year}-01-01T00-00-00Z.dump`), "old");
    const { stdout } = few.run(["run"]);
    expect(stdout).toContain("removed 2020-01-01T00-00-00Z.dump");
    expect(few.names).toHaveLength(2);
    expect(few.names).not.toContain("2020-01-01T00-00-00Z.dump");
  });

  test("one that fails midway leaves the last good one, and says why", () => {
    pod.run(["run"]);
    const before = pod.files;
    // Rows of which the server does not know any more how to write them.
    ask("CREATE TYPE mood AS ENUM ('good', 'bad')");
    ask("CREATE TABLE zeal (mood mood)");
    ask("INSERT INTO zeal VALUES ('bad')");
    const database = { user: "postgres", database: postgresql.database };
    server.application("superuser-1", "DELETE FROM pg_enum WHERE enumlabel = 'bad'", database);
    onTestFinished(() => void ask("DROP TABLE zeal; DROP TYPE mood"));
    const { succeeded, stderr } = pod.run(["run"]);
    expect(succeeded).toBe(false);
    expect(stderr).toContain('Dumping the contents of table "zeal" failed');
    expect(pod.files).toEqual(before);
  });

  test("so does one that finds no room", () => {
    pod.run(["run"]);
    const before = pod.files;
    const { succeeded, stderr } = pod.run(["run"], { before: "trap '' XFSZ; ulimit -f 4" });
    expect(succeeded).toBe(false);
    expect(stderr).toContain("File too large");
    expect(pod.files).toEqual(before);
  });

  test("so does one that is killed, and the next one takes away what it left; two at a time are refused", async () => {
    pod.run(["run"]);
    const before = pod.files;
    const locked = server.session(password, "BEGIN; LOCK TABLE lesson; SELECT pg_sleep(600)");
    await expect.poll(sleepers).toBe("1");
    const killed = pod.begin(["run"]);
    await expect.poll(() => pod.files.filter((name) => name.endsWith(".partial"))).toHaveLength(1);
    expect(pod.run(["run"]).stderr).toContain("Another backup of this server is under way.");
    const ended = once(killed, "exit");
    process.kill(-killed.pid!, "SIGKILL");
    await ended;
    endSessions();
    await locked;
    expect(pod.names.toSorted()).toEqual(before);
    await expect.poll(() => pod.run(["run"]).succeeded).toBe(true);
    expect(pod.files.filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  test("a server of another major version starts empty on the volume, and gets the data back", async () => {
    const before = ask("SELECT md5(string_agg(id || title, ',' ORDER BY id)) FROM lesson");
    pod.run(["run"]);
    await server.stop();
    expect(pod.run(["set_aside", server.directory, "pgdata.before"])).toMatchObject({ succeeded: true });
    server.use(newerBin);
    await server.start(password, "superuser-1");
    pod.reach(server.port, newerBin);
    expect(ask("SELECT count(*) FROM lesson")).toContain('relation "lesson" does not exist');
    pod.run(["restore", "latest", "thebot_moved"]);
    expect(pod.run(["swap", "thebot_moved", "thebot_empty"])).toMatchObject({ succeeded: true });
    expect(ask("SELECT md5(string_agg(id || title, ',' ORDER BY id)) FROM lesson")).toBe(before);
    expect(pod.run(["run"])).toMatchObject({ succeeded: true });
    expect(existsSync(join(server.directory, "pgdata.before", "PG_VERSION"))).toBe(true);
  });

  test("one that is damaged is not restored, nor over a database that is there", () => {
    pod.run(["run"]);
    const [name] = pod.names;
    expect(pod.run(["restore", name!, "thebot"]).stderr).toContain("There is a database thebot already.");
    expect(pod.run(["restore", "yesterday", "thebot_new"]).stderr).toContain("There is no backup yesterday.");
    truncateSync(pod.path(name), 5000);
    expect(pod.run(["restore", name!, "thebot_new"])).toMatchObject({ succeeded: false });
    expect(asSuperuser("SELECT datname FROM pg_database WHERE datname ~ 'new'")).toBe("");
  });
});
