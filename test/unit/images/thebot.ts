import { redisUrl, undecodedUrl } from "./clients";
import type { Image } from "./container";
import { type Process, type Program, seconds } from "./kubelet";

// What the images of thebot do at their edges: docs/systems/thebot.md says where that stands in their source.

export const backendImage: Image = {
  entrypoint: ["/app/docker-entrypoint.sh"],
  workingDirectory: "/app",
  environment: { DJANGO_SETTINGS_MODULE: "config.settings", ENVIRONMENT: "production" },
  homes: { 100: "/home/appuser" },
  files: { "/app/manage.py": "", "/app/config/asgi.py": "", "/app/core/celery.py": "" },
};

export const frontendImage: Image = {
  command: ["nginx", "-g", "daemon off;"],
  workingDirectory: "/",
  homes: { 101: "/var/cache/nginx" },
  // Directories that the Dockerfile makes.
  files: { "/var/run/nginx": "", "/var/cache/nginx": "", "/usr/share/nginx/html/index.html": "" },
};

/** What it depends on, as it is at the moment. */
export interface Dependencies {
  redis: boolean;
  database: boolean;
  workers: number;
}

/** What `django.setup()` does: it refuses settings that are not safe, and opens its log files. */
export function setUp(process: Process) {
  const { environment } = process;
  const { DJANGO_SETTINGS_MODULE, SECRET_KEY = "", ENVIRONMENT, FRONTEND_URL = "" } = environment;
  if (DJANGO_SETTINGS_MODULE !== "config.settings")
    throw new Error(`No module named '${DJANGO_SETTINGS_MODULE}'`);
  const debug = (environment.DEBUG ?? "True").toLowerCase() === "true";
  if (!debug && SECRET_KEY.length < 50)
    throw new Error("SECRET_KEY must be at least 50 characters in production.");
  if (!debug && ENVIRONMENT !== "production")
    throw new Error("ENVIRONMENT must be 'production' when DEBUG=False.");
  if (!debug && /localhost|127\.0\.0\.1/.test(FRONTEND_URL || "localhost"))
    throw new Error("Production mode with localhost FRONTEND_URL is not allowed.");
  for (const log of ["audit", "admin", "celery", "error"]) process.write(`/app/logs/${log}.log`);
  return { debug, allowedHosts: environment.ALLOWED_HOSTS!.split(",") };
}

/** `python manage.py migrate`, which connects to the database, and `collectstatic`, which writes files. */
export const manage: Program = async (process) => {
  const [python, script, command] = process.arguments;
  if (python !== "python") throw new Error(`exec ${python}: no such file or directory`);
  process.read(script!);
  await seconds(20);
  setUp(process);
  if (command === "migrate") connectToDatabase(process);
  if (command === "collectstatic") process.write("/app/staticfiles/admin/css/base.css");
  return 0;
};

/** Daphne. On a slow machine it imports for minutes, and then answers at once. */
export function daphne(dependencies: Dependencies, { importing = 20 } = {}): Program {
  return async (process) => {
    // The image's own entrypoint is a script for bash, which Alpine does not have.
    if (process.arguments[0] !== "daphne")
      throw new Error(`exec ${process.arguments[0]}: no such file or directory`);
    await seconds(importing);
    const { debug, allowedHosts } = setUp(process);
    const [bind, port] = ["-b", "-p"].map((flag) => process.arguments[process.arguments.indexOf(flag) + 1]);
    if (bind !== "0.0.0.0" || process.arguments.at(-1) !== "config.asgi:application")
      throw new Error("not reached");
    process.listen(Number(port), async (path, headers) => {
      const host = headers.Host ?? process.environment.POD_IP!;
      if (!allowedHosts.includes(host)) return 400;
      // To HTTPS on the pod's own port, where nobody speaks TLS.
      if (!debug && headers["X-Forwarded-Proto"] !== "https") return 502;
      return answer(path, dependencies);
    });
    await process.terminated;
    return 0;
  };
}

async function answer(path: string, { redis, database, workers }: Dependencies): Promise<number> {
  // Pages of Django's own; the administrators' counts on neither.
  if (path === "/admin/login/") return 200;
  if (path.startsWith("/admin/")) return database ? 302 : 500;
  // All of the API is throttled, by counters in the cache.
  if (path.startsWith("/api/") && !redis) return 500;
  if (path === "/api/system/health/live/") return 200;
  if (path === "/api/system/health/startup/") return database ? 200 : 503;
  if (path === "/api/system/health/ready/") {
    await seconds(3.1);
    return database && workers > 0 ? 200 : 503;
  }
  if (path.startsWith("/media/") || path.startsWith("/api/")) return 401;
  return path === "/yookassa-webhook/" ? 405 : 404;
}

/** It opens its logs, its caches and its pid file, and resolves the host that it would proxy to. */
export const nginx: Program = async (process) => {
  directory(process, "/var/cache/nginx");
  process.write("/var/cache/nginx/client_temp");
  process.resolve("backend");
  directory(process, "/var/run/nginx");
  process.write("/var/run/nginx/nginx.pid");
  process.listen(3000, (path) => {
    const mounted = process.container.spec.volumeMounts.map(
      ({ mountPath }: { mountPath: string }) => mountPath,
    );
    if (path.startsWith("/static/")) return mounted.includes("/usr/share/nginx/html/static") ? 200 : 404;
    return path.startsWith("/api/") || path.startsWith("/ws/") ? 502 : 200;
  });
  await process.terminated;
  return 0;
};

/** Fails where it is not there, because an empty volume lies over it. */
function directory(process: Process, path: string): void {
  const { volumeMounts } = process.container.spec;
  if (volumeMounts.some(({ mountPath }: { mountPath: string }) => mountPath === path)) return;
  process.read(path);
}

/** The database that the settings choose: DATABASE_URL where there is one, otherwise the variables of its parts. */
function connectToDatabase(process: Process): void {
  const { DATABASE_URL, DB_HOST, DB_PORT } = process.environment;
  const { host, port } = DATABASE_URL ? undecodedUrl(DATABASE_URL) : { host: DB_HOST, port: Number(DB_PORT) };
  process.connect(host!, port);
}

/** The Redis of the cache, and those of Celery. */
export function redises({ environment }: Process) {
  const { REDIS_URL, CELERY_BROKER_URL, CELERY_RESULT_BACKEND } = environment;
  return {
    cache: redisUrl(REDIS_URL!),
    queue: redisUrl(CELERY_BROKER_URL!),
    results: redisUrl(CELERY_RESULT_BACKEND!),
  };
}
