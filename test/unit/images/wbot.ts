import { postgresqlUrl, redisUrl } from "./clients";
import type { Image } from "./container";
import { type Process, type Program, seconds } from "./kubelet";

// What the images of wbot do at their edges: docs/systems/wbot.md says where that stands in their source.

export const aiImage: Image = {
  command: ["uv", "run", "uvicorn", "src.api.server:app", "--host", "0.0.0.0", "--port", "8000"],
  workingDirectory: "/app",
  environment: { PYTHONPATH: "/app" },
  files: { "/app/.venv/bin/uvicorn": "", "/app/pyproject.toml": "", "/app/uv.lock": "" },
};

export const webImage: Image = {
  command: ["node", ".output/server/index.mjs"],
  workingDirectory: "/app",
  environment: { NODE_ENV: "production", PORT: "3000" },
  files: { "/app/.output/server/index.mjs": "" },
};

/** It makes its tables first, and answers after that; on its end it waits for what streams. */
export function aiBackend({ streamsFor = 0, databaseTakes = 2 } = {}): Program {
  return async (process) => {
    const [program, ...args] = uvRun(process);
    if (program !== "uvicorn") throw new Error(`exec ${program}`);
    // Importing it takes its time, on half a CPU.
    await seconds(15);
    const { host, port } = postgresqlUrl(process.environment.DATABASE_URI!);
    process.connect(host, port);
    await seconds(databaseTakes);
    for (const name of ["SUPABASE_URL", "SUPABASE_SERVICE_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY"])
      if (!process.environment[name]) throw new Error(`${name} environment variable is required`);
    process.listen(Number(args.at(-1)), (path) => (path === "/health" ? 200 : 404));
    await process.terminated;
    await seconds(streamsFor);
    return 0;
  };
}

/** `uv run`: brings the environment of the project up to date, unless it is told not to, and runs the rest in it. */
function uvRun(process: Process): readonly string[] {
  const [uv, run, ...command] = process.arguments;
  if (uv !== "uv" || run !== "run") return process.arguments;
  const { HOME, UV_CACHE_DIR, UV_NO_CACHE, UV_NO_SYNC } = process.environment;
  if (!UV_NO_CACHE) process.write(UV_CACHE_DIR ?? `${HOME}/.cache/uv`);
  if (!UV_NO_SYNC) process.write("/app/.venv/lib/python3.13/site-packages/pytest");
  return command;
}

/** What it reaches for an answer. */
export function answers(process: Process): void {
  const redis = redisUrl(process.environment.REDIS_URL!);
  process.connect(redis.host, redis.port);
  process.connect(new URL(process.environment.SUPABASE_URL!).hostname, 443);
  process.connect("api.anthropic.com", 443);
  // A voice of ElevenLabs, where one is wanted.
  process.write("/tmp/meditation.mp3");
}

export const webFrontend: Program = async (process) => {
  process.read(process.arguments.at(-1)!);
  const { VITE_SUPABASE_URL, VITE_SUPABASE_ANON_KEY, PORT } = process.environment;
  if (!VITE_SUPABASE_URL || !VITE_SUPABASE_ANON_KEY)
    throw new Error("Missing Supabase environment variables");
  process.listen(Number(PORT), () => 200);
  await process.terminated;
  return 0;
};
