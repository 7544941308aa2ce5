import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { thebot } from "../../systems/thebot";
import { objectsOf } from "./objects-of";
import { StackDirectory } from "./stack-directory";

function declared(s3: string) {
  using directory = new StackDirectory();
  return thebot(directory.parse(`config: { muster:thebot: { backup: { keep: 2, s3: ${s3} } } }`).thebot!);
}

async function podOf(s3: string) {
  const given = { "backup-access-key-id": "given-id", "backup-secret-access-key": "given-key" };
  const { object } = await objectsOf(declared(s3), {
    secrets: { values: given, missing: [], generated: {} },
  });
  const { spec } = object("CronJob", "thebot-postgres-backup").spec.jobTemplate.spec.template;
  return { object, spec };
}

describe("a bucket", () => {
  test("gets the backups after they are made, by the keys of a Secret of its own", async () => {
    const { object, spec } = await podOf("{ bucket: acme, region: eu-central-1, prefix: prod/thebot }");
    expect(
      spec.initContainers.map(({ name, args }: { name: string; args: string[] }) => [name, args]),
    ).toEqual([["make", ["run"]]]);
    const [copy] = spec.containers;
    expect(copy.args).toEqual(["upload"]);
    const value = (name: string) => copy.env.find((each: { name: string }) => each.name === name);
    expect(value("BUCKET_PATH").value).toBe("acme/prod/thebot/thebot-postgres");
    expect(value("RCLONE_CONFIG_BUCKET_SECRET_ACCESS_KEY").valueFrom.secretKeyRef).toEqual({
      name: "thebot-backup",
      key: "secret-access-key",
    });
    // The password of the database is not for the one that copies, nor the keys for the one that reads the database.
    expect(JSON.stringify(copy.env)).not.toContain("PGPASSWORD");
    expect(JSON.stringify(spec.initContainers)).not.toContain("thebot-backup");
    expect(JSON.stringify(object("Deployment", "thebot-backend"))).not.toContain("access-key");
  });

  test("is shared by stacks, whose backups lie apart", () => {
    const paths = ["dev", "staging"].map((stack) => {
      using directory = new StackDirectory();
      const file = "config: { muster:thebot: { backup: { s3: { bucket: acme } } } }";
      const secretKeys = new Set(["thebot:backup-access-key-id", "thebot:backup-secret-access-key"]);
      const values = Object.fromEntries([...secretKeys].map((key) => [key, "given"]));
      const { workloads } = thebot(directory.parse(file, { stack, values, secretKeys }).thebot!);
      const backup = workloads.find(({ name }) => name === "thebot-redis-backup");
      return backup && "environment" in backup && backup.environment?.BUCKET_PATH;
    });
    expect(paths).toEqual(["acme/dev/thebot/thebot-redis", "acme/staging/thebot/thebot-redis"]);
  });

  test.each([
    ["{ bucket: acme }", { kind: "internet", ports: [443] }],
    [
      "{ bucket: acme, endpoint: 'http://minio.storage:9000' }",
      { kind: "namespace", namespace: "storage", ports: [9000] },
    ],
    [
      "{ bucket: acme, endpoint: 'https://s3.acme.internal', cidrs: [10.20.0.0/16] }",
      { kind: "network", cidrs: ["10.20.0.0/16"], ports: [443] },
    ],
  ])("is reached where it is, beside the server alone: %s", (s3, edge) => {
    const { uses } = declared(s3).workloads.find(({ name }) => name === "thebot-postgres-backup")!;
    expect(uses).toMatchObject([{ name: "thebot-postgres" }, edge]);
  });

  test.each([
    ["http://10.0.0.5:9000", "is a private address"],
    ["https://minio", "names a Service of the system's own namespace"],
    ["https://user:word@s3.acme.example", "belongs in a secret"],
  ])("at %s is refused", (endpoint, because) => {
    using directory = new StackDirectory();
    const s3 = `{ bucket: acme, endpoint: '${endpoint}' }`;
    expect(directory.messageOf(`config: { muster:thebot: { backup: { s3: ${s3} } } }`)).toContain(because);
  });

  test("asks for its keys, and without it they are read by nobody", () => {
    using directory = new StackDirectory();
    const message = (backup: string, values = {}) =>
      directory.messageOf(
        `config: { muster:thebot: { django: { allowedHosts: [a.example] }, backup: ${backup} } }`,
        {
          local: false,
          values,
          secretKeys: new Set(Object.keys(values)),
        },
      );
    expect(message("{ s3: { bucket: acme } }")).toContain(
      "pulumi config set --secret thebot:backup-access-key-id --stack dev",
    );
    expect(message("{}", { "thebot:backup-access-key-id": "x" })).toContain(
      "Nothing reads it without muster:thebot.backup.s3.",
    );
  });
});

const rcloneInstalled = spawnSync("rclone", ["version"]).status === 0;

describe.skipIf(!rcloneInstalled)("what copies to a bucket (needs rclone)", () => {
  let directory: string;
  let run: (...args: string[]) => { status: number | null; output: string };
  const names = (where: string) => readdirSync(join(directory, where)).sort();
  const write = (...path: string[]) => writeFileSync(join(directory, ...path), path.at(-1)!);

  let pod: Awaited<ReturnType<typeof podOf>>;

  beforeAll(async () => {
    pod = await podOf("{ bucket: acme }");
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "muster-bucket-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const { object, spec } = pod;
    const script = join(directory, "bucket.sh");
    writeFileSync(script, object("ConfigMap", "thebot-postgres-backup").data["bucket.sh"]);
    const given = spec.containers[0].env.map(({ name, value }: { name: string; value?: string }) => [
      name,
      value ?? "",
    ]);
    const env = {
      ...Object.fromEntries(given),
      PATH: process.env.PATH,
      BACKUP_DIRECTORY: join(directory, "volume"),
      BUCKET_PATH: "acme",
      // A directory stands for the storage.
      RCLONE_CONFIG_BUCKET_TYPE: "alias",
      RCLONE_CONFIG_BUCKET_REMOTE: directory,
      RCLONE_CONFIG: join(directory, "rclone.conf"),
    };
    run = (...args) => {
      const { status, stdout, stderr } = spawnSync("sh", [script, ...args], { env, encoding: "utf8" });
      return { status, output: stdout + stderr };
    };
    for (const name of ["volume", "acme"]) mkdirSync(join(directory, name));
    for (const day of ["01", "02"]) write("volume", `2026-01-${day}T02-30-00Z.dump`);
  });

  test("copies what is whole, and keeps as many there, beside what is not its own", () => {
    write("volume", "2026-01-03T02-30-00Z.dump.partial");
    write("acme", "2020-01-01T02-30-00Z.dump");
    write("acme", "notes.txt");
    const { status, output } = run("upload");
    expect(status, output).toBe(0);
    expect(names("acme")).toEqual(["2026-01-01T02-30-00Z.dump", "2026-01-02T02-30-00Z.dump", "notes.txt"]);
    expect(output).toContain("removed 2020-01-01T02-30-00Z.dump from the bucket");
  });

  test("brings them back to a volume that was lost", () => {
    run("upload");
    rmSync(join(directory, "volume"), { recursive: true });
    const { status, output } = run("fetch");
    expect(status, output).toBe(0);
    expect(names("volume")).toEqual(["2026-01-01T02-30-00Z.dump", "2026-01-02T02-30-00Z.dump"]);
    expect(readFileSync(join(directory, "volume/2026-01-02T02-30-00Z.dump"), "utf8")).toContain("2026-01-02");
  });

  test("fails where it cannot read the volume, and takes nothing out of the bucket", () => {
    run("upload");
    rmSync(join(directory, "volume"), { recursive: true });
    expect(run("upload").status).not.toBe(0);
    expect(names("acme")).toHaveLength(2);
  });

  test("takes nothing out of the bucket where the volume is empty", () => {
    run("upload");
    rmSync(join(directory, "volume"), { recursive: true });
    mkdirSync(join(directory, "volume"));
    expect(run("upload").status).toBe(0);
    expect(names("acme")).toHaveLength(2);
  });
});
