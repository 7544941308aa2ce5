import { posix } from "node:path";
import { parse } from "yaml";
import { goRedis } from "./clients";
import type { Image } from "./container";
import { type Process, type Program, seconds } from "./kubelet";

// What the makers' images do at their edges: docs/systems/rtc-egress.md says where that stands in their source.

const programs = ["egress", "eg_worker", "flexible-recorder", "webhook-notifier"];

const image = (workingDirectory: string): Image => ({
  entrypoint: ["/usr/local/bin/docker-entrypoint.sh"],
  workingDirectory,
  files: Object.fromEntries(programs.map((name) => [`${workingDirectory}/bin/${name}`, ""])),
});

/** All programs in one image, and one image for each. */
export const images = { "of all programs": image("/opt/rtc_egress"), "of one program": image("/opt") };

/** The document's time, and today. */
export type Generation = "50e3baa" | "05a6956";

/** It answers once it has reached Redis; on its end it gives each of its workers two seconds. */
export const egress =
  (generation: Generation): Program =>
  async (process) => {
    const config = settings(process, generation, "egress_config");
    if (!variable(process, { "50e3baa": "APP_ID", "05a6956": "AGORA_APP_ID" }[generation]))
      throw new Error("agora.app_id is required");
    for (const path of ["snapshots.output_dir", "recording.output_dir", "recording.video.codec"])
      if (!at(config, path)) throw new Error(`${path} is required`);
    queue(process);
    worksOnTasks(config, generation);
    const own = argument(process);
    if (!own) throw new Error("--config must be provided for egress processes");
    const workers = Number(
      variable(process, { "50e3baa": "POD_WORKERS", "05a6956": "SERVER_WORKERS" }[generation]),
    );
    for (let worker = 0; worker < workers; worker++) recorder(process, own, worker);
    process.listen(Number(at(config, "server.health_port") ?? 0), (path) => (path === "/health" ? 200 : 404));
    await process.terminated;
    await seconds(2 * workers);
    return 0;
  };

/** The process of a recorder: it reads the file by itself, and logs to a directory that it makes. */
function recorder(process: Process, configFile: string, worker: number): void {
  runs(process, "./bin/eg_worker");
  process.write(`/tmp/agora/eg_worker_${worker}.sock`);
  const config = parse(process.read(configFile));
  process.write(`${config.log?.path ?? "."}/rtc_sdk_1.log`);
  process.write(`${config.recording.output_dir}/task/1.mp4`);
  process.write(`${config.snapshots.output_dir}/task/1.jpg`);
  // By name, as ffmpeg was built.
  if (!["libx264", "libopenh264"].includes(config.recording.video.codec))
    throw new Error(`Video codec not found: ${config.recording.video.codec}`);
}

/** It asks the web recorder before it says that it is well, for up to five seconds, and says so whatever comes. */
export const webDispatch =
  (generation: Generation, { recorderAnswers = true } = {}): Program =>
  async (process) => {
    const config = settings(process, generation, "flexible_recorder_config");
    queue(process);
    worksOnTasks(config, generation);
    const recorder = new URL(
      variable(process, "WEB_RECORDER_BASE_URL") ?? at(config, "web_recorder.base_url")!,
    );
    process.connect(recorder.hostname, Number(recorder.port));
    process.listen(Number(at(config, "server.health_port") ?? 0), async () => {
      if (!recorderAnswers) await seconds(5);
      return 200;
    });
    await process.terminated;
    return 0;
  };

/** It is not well while Redis does not answer; on its end it waits for the call that it is at. */
export const webhookNotifier =
  (generation: Generation, redis: () => boolean = () => true): Program =>
  async (process) => {
    const config = settings(process, generation, "webhook_notifier_config");
    if (!variable(process, "WEBHOOK_URL")) throw new Error("webhook.url is required");
    queue(process);
    process.listen(Number(at(config, "server.health_port") ?? 8185), async () => {
      if (redis()) return 200;
      await seconds(2);
      return 503;
    });
    await process.terminated;
    await seconds(30);
    return 0;
  };

function settings(process: Process, generation: Generation, name: string): object {
  runs(process, process.arguments[0]!);
  const { HOME } = process.environment;
  const directories = ["./config", "/etc/rtc_egress", "/opt/rtc_egress/config", `${HOME}/.rtc_egress`];
  const searched = directories.map((directory) => posix.join(directory, `${name}.yaml`));
  // That of the document's time reads no argument here.
  const paths = generation === "05a6956" ? [argument(process) ?? "", ...searched] : searched;
  const found = paths.find((path) => process.container.read(path) !== undefined);
  if (!found) throw new Error(`error reading config file: ${name} not found`);
  return parse(process.read(found));
}

function worksOnTasks(config: object, generation: Generation): void {
  const section = generation === "05a6956" ? "server" : "redis";
  if (!at(config, `${section}.worker_patterns`)) throw new Error("Worker patterns not configured");
  if (Number(at(config, `${section}.task_ttl`)) <= 60)
    throw new Error("task_ttl must be greater than 60 seconds");
}

function queue(process: Process): void {
  const { REDIS_ADDR, REDIS_PASSWORD, REDIS_DB } = process.environment;
  const { host, port, password } = goRedis(REDIS_ADDR!, REDIS_PASSWORD, REDIS_DB);
  process.connect(host, port);
  if (password !== process.container.system.secret("redis").password) throw new Error("NOAUTH");
}

function runs(process: Process, program: string): void {
  process.read(program);
}

function argument({ arguments: args }: Process): string | undefined {
  const index = args.indexOf("--config");
  return index < 0 ? undefined : args[index + 1];
}

function variable({ environment }: Process, name: string): string | undefined {
  return environment[name] || undefined;
}

function at(config: object, path: string): string | undefined {
  const value = path
    .split(".")
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], config);
  return value === undefined ? undefined : String(value);
}
