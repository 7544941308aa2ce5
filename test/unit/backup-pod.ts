import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BackedUpServer,
  type BackupDeclaration,
  backupScripts,
  backupWorkload,
} from "../../components/backup";
import { claim } from "../../components/persistent-volume-claim";
import { bin } from "./postgresql-server";

/** The pods of a server's backups, with the volume of all of them: only paths and ports differ. */
export class BackupPod {
  readonly directory = mkdtempSync(join(tmpdir(), "muster-backup-"));
  private readonly environment: NodeJS.ProcessEnv;

  constructor(
    server: BackedUpServer,
    {
      port,
      password,
      keep = 7,
    }: { readonly port: number; readonly password: string; readonly keep?: number },
  ) {
    const declared: BackupDeclaration = {
      schedule: "@daily",
      keep,
      activeDeadlineSeconds: 60,
      claim: claim({ name: "backups", accessMode: "ReadWriteMany", size: "1Gi" }),
      resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } },
      imagePullSecrets: [],
      placement: {},
    };
    const { environment } = backupWorkload(server, declared);
    for (const [name, text] of Object.entries(backupScripts(server, declared).files))
      writeFileSync(join(this.directory, name), text);
    const given = Object.entries(environment!).map(([name, value]) => {
      if (value === server.name) return [name, "127.0.0.1"];
      if (name.endsWith("PORT")) return [name, `${port}`];
      if (typeof value === "string") return [name, value.replace("/backup/", `${this.directory}/volume/`)];
      return [name, password];
    });
    this.environment = { ...Object.fromEntries(given), PATH: `${bin}:${process.env.PATH}` };
    mkdirSync(join(this.directory, "volume"));
  }

  /** The server is made anew, and is found where it is now, by the programs of its image. */
  reach(port: number, programs = bin): void {
    this.environment.PATH = `${programs}:${process.env.PATH}`;
    for (const name of ["PGPORT", "REDIS_PORT"])
      if (name in this.environment) this.environment[name] = `${port}`;
  }

  /** Files of the server's own directory on the volume. */
  get files(): string[] {
    return readdirSync(this.path())
      .filter((name) => !name.endsWith(".lock"))
      .sort();
  }

  /** A file of that directory. */
  path(name = ""): string {
    return join(this.environment.BACKUP_DIRECTORY!, name);
  }

  /** Runs one to its end, with these arguments. */
  run(args: readonly string[], { before = "true" } = {}) {
    const { status, stdout, stderr } = spawnSync(
      "sh",
      ["-c", `${before}; exec sh "$@"`, "sh", ...this.command(args)],
      {
        env: this.environment,
        encoding: "utf8",
        timeout: 60_000,
      },
    );
    return { succeeded: status === 0, stdout, stderr };
  }

  /** One that is under way; whoever kills it kills all that runs in the pod. */
  begin(args: readonly string[]): ChildProcess {
    return spawn("sh", this.command(args), { env: this.environment, detached: true, stdio: "ignore" });
  }

  /** The names of the backups there are, newest first. */
  get names(): string[] {
    const lines = this.run(["list"]).stdout.trim().split("\n");
    return lines.map((line) => line.split(" ")[0]!);
  }

  delete(): void {
    rmSync(this.directory, { recursive: true });
  }

  private command(args: readonly string[]): string[] {
    return [join(this.directory, "backup.sh"), ...args];
  }
}
