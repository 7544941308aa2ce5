import { redisUrl } from "./clients";
import type { Image } from "./container";
import { type Process, type Program, seconds } from "./kubelet";
import type { Template } from "./rendered-system";

// What the images of Vomeet do at their edges: docs/systems/vomeet-bot.md says where that stands in their source.

export const botManagerImage: Image = {
  command: ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8080"],
  workingDirectory: "/app",
  files: {},
};

export const botImage: Image = {
  command: ["/app/entrypoint.sh"],
  workingDirectory: "/app",
  environment: { DISPLAY: ":99" },
  files: {},
};

/** It ends at once without its variables; its health asks nobody, and waits while it talks to the API server. */
export const botManager: Program = async (process) => {
  let apiServer = Promise.resolve();
  for (const name of ["DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD", "REDIS_URL"])
    if (!process.environment[name]) throw new Error(`Missing required environment variable: ${name}`);
  if (process.environment.ORCHESTRATOR !== "k8s") throw new Error("no Docker socket");
  process.listen(Number(process.arguments.at(-1)), async (path) => {
    await apiServer;
    return path === "/healthz" ? 200 : 404;
  });
  process.on("a bot is asked for", (answersAfter) => {
    apiServer = seconds(answersAfter);
  });
  await process.terminated;
  // Somebody ended a meeting a moment ago: the bot has been told, and its Job is deleted after this.
  await seconds(30);
  await seconds(1);
  return 0;
};

/** What it reaches when it sends a bot to a meeting, and when that has ended. */
export function reaches(process: Process): void {
  const { DB_HOST, DB_PORT, REDIS_URL, TRANSCRIPTION_COLLECTOR_URL } = process.environment;
  process.connect(DB_HOST!, Number(DB_PORT));
  const redis = redisUrl(REDIS_URL!);
  process.connect(redis.host, redis.port);
  const collector = new URL(TRANSCRIPTION_COLLECTOR_URL!);
  process.connect(collector.hostname, Number(collector.port));
  process.connect("webhook.customer.example", 443);
}

/** The Job of a meeting as it comes from the mounted template. */
export function jobFor(process: Process, meeting: { id: number; botName: string }) {
  const { ADMIN_TOKEN, K8S_BOT_MANAGER_CALLBACK_URL } = process.environment;
  if (!ADMIN_TOKEN) throw new Error("ADMIN_TOKEN not configured; cannot mint MeetingToken");
  const job = JSON.parse(process.read("/etc/muster/job-template/job.json"));
  const own = {
    "meeting-id": `${meeting.id}`,
    "user-id": "7",
    platform: "google_meet",
    "native-meeting-id": "abc-defg-hij",
  };
  const config = {
    meeting_id: meeting.id,
    platform: "google_meet",
    meetingUrl: "https://meet.google.com/abc-defg-hij",
    botName: meeting.botName,
    token: "minted",
    nativeMeetingId: "abc-defg-hij",
    connectionId: "5e0f0a7c",
    automaticLeave: { waitingRoomTimeout: 900000, noOneJoinedTimeout: 300000, everyoneLeftTimeout: 120000 },
    botManagerCallbackUrl: K8S_BOT_MANAGER_CALLBACK_URL,
  };
  // What people wrote is no variable; the URL of Redis is one, so that its password is in no Job.
  const escaped = JSON.stringify(config).replaceAll("$", "$$$$");
  const value = escaped.replace(/}$/, ',"redisUrl":"$(REDIS_URL)"}');
  job.metadata.name = `vomeet-bot-${meeting.id}-5e0f0a7c`;
  job.metadata.labels = { ...job.metadata.labels, ...own };
  job.spec.template.metadata.labels = { ...job.spec.template.metadata.labels, ...own };
  job.spec.template.spec.containers[0].env.push({ name: "BOT_CONFIG", value });
  return job as {
    metadata: { name: string; labels: Record<string, string> };
    spec: { template: Template };
  };
}

/** It reads BOT_CONFIG, hears commands over Redis, records to WhisperLive, and tells the bot-manager how it went. */
export function meet(process: Process): { readonly botName: string } {
  const config = JSON.parse(process.environment.BOT_CONFIG!);
  for (const key of [
    "platform",
    "botName",
    "token",
    "connectionId",
    "nativeMeetingId",
    "redisUrl",
    "meeting_id",
  ])
    if (config[key] === undefined) throw new Error(`Invalid BOT_CONFIG: ${key} Required`);
  const { host, port } = redisUrl(config.redisUrl);
  process.connect(host, port);
  for (const path of [
    "/tmp/.X99-lock",
    "/dev/shm/.org.chromium",
    `${process.environment.HOME}/.cache/playwright`,
  ])
    process.write(path);
  process.write("/app/storage/screenshots/bot-checkpoint-0-after-navigation.png");
  process.connect("meet.google.com", 443);
  const whisper = new URL(process.environment.WHISPER_LIVE_URL!);
  process.connect(whisper.hostname, Number(whisper.port || 443));
  const manager = new URL(config.botManagerCallbackUrl);
  process.connect(manager.hostname, Number(manager.port));
  return config;
}
