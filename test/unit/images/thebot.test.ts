import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { shippedStacks, shippedSystem } from "../shipped-stack";
import { Container, type Image } from "./container";
import { Process, RunningPod } from "./kubelet";
import { RenderedSystem } from "./rendered-system";
import {
  backendImage,
  type Dependencies,
  daphne,
  frontendImage,
  manage,
  nginx,
  redises,
  setUp,
} from "./thebot";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);

describe.each(shippedStacks)("stack %s", (stack) => {
  let system: RenderedSystem;
  let dependencies: Dependencies;

  beforeAll(async () => {
    system = await RenderedSystem.of(shippedSystem(stack, "thebot"), stack);
  });
  beforeEach(() => {
    dependencies = { redis: true, database: true, workers: 1 };
  });

  const container = (name: string, image: Image = backendImage) =>
    new Container(system, system.template(name), image);
  const backend = (options = {}) =>
    new RunningPod(container("thebot-backend"), daphne(dependencies, options));
  const how = ({ ready, ended }: RunningPod) => ({ ready, ended });

  test("a backend starts, is ready, and stays", async () => {
    const pod = backend();
    await minutes(2);
    expect(how(pod)).toEqual({ ready: true, ended: [] });
    await minutes(60);
    expect(how(pod)).toEqual({ ready: true, ended: [] });
  });

  test("a backend that imports for five minutes is not killed for it", async () => {
    const pod = backend({ importing: 300 });
    await minutes(6);
    expect(how(pod)).toEqual({ ready: true, ended: [] });
  });

  test("without a Celery worker, the site stays up", async () => {
    const pod = backend();
    dependencies.workers = 0;
    await minutes(2);
    expect(pod.ready).toBe(true);
  });

  test.each(["redis", "database"] as const)(
    "without its %s a backend is not ready, and is not killed",
    async (what) => {
      const pod = backend();
      await minutes(2);
      dependencies[what] = false;
      await minutes(10);
      expect(how(pod)).toEqual({ ready: false, ended: [] });
      dependencies[what] = true;
      await minutes(1);
      expect(how(pod)).toEqual({ ready: true, ended: [] });
    },
  );

  test("the frontend starts as another user than the image's, is ready, and has Django's static files", async () => {
    const pod = new RunningPod(container("thebot-frontend", frontendImage), nginx);
    await minutes(2);
    expect(how(pod)).toEqual({ ready: true, ended: [] });
    expect(await pod.process.get(3000, "/static/admin/css/base.css")).toBe(200);
  });

  test("both jobs run to their end, and nobody migrates beside them", async () => {
    for (const name of ["thebot-migrate", "thebot-collectstatic"]) {
      const run = manage(new Process(container(name), {}));
      await minutes(1);
      expect(await run, name).toBe(0);
    }
  });

  test.each([
    ["/api/auth/login/", "thebot-backend"],
    ["/admin/", "thebot-backend"],
    ["/ws/chat/1/", "thebot-backend"],
    ["/media/avatars/1.png", "thebot-backend"],
    ["/yookassa-webhook/", "thebot-backend"],
    ["/static/admin/css/base.css", "thebot-frontend"],
    ["/lessons", "thebot-frontend"],
  ])("%s is answered by %s", (path, service) => {
    const [{ rules }] = system.objects.filter(({ kind }) => kind === "Ingress").map(({ spec }) => spec);
    for (const { http } of rules) expect(served(http.paths, path)).toBe(service);
  });

  test("workers and clock set up as the backend does, and write where tasks write", () => {
    for (const name of ["thebot-celery", "thebot-celery-beat"]) setUp(new Process(container(name), {}));
    const worker = new Process(container("thebot-celery"), {});
    worker.write("/app/media/exports/1.json");
    worker.write("/tmp/backups/db_backup.sql");
  });

  test("what empties the cache leaves the queue", () => {
    const { cache, queue, results } = redises(new Process(container("thebot-backend"), {}));
    expect(new Set([cache.database, queue.database, results.database]).size).toBe(3);
  });
});

interface Path {
  readonly path: string;
  readonly backend: { readonly service: { readonly name: string } };
}

/** The Service that a path leads to: that of the longest prefix, by whole segments. */
function served(paths: readonly Path[], path: string): string | undefined {
  const fits = paths.filter((each) => `${path}/`.startsWith(`${each.path.replace(/\/$/, "")}/`));
  return fits.sort((a, b) => b.path.length - a.path.length)[0]?.backend.service.name;
}
