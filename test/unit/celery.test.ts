import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { RedisWorkload } from "../../components/redis";
import { CeleryPod, celeryInstalled } from "./celery-pod";
import { Container } from "./images/container";
import { RenderedSystem } from "./images/rendered-system";
import { backendImage } from "./images/thebot";
import { RedisServer, redisInstalled } from "./redis-server";
import { shippedSystem } from "./shipped-stack";

describe.skipIf(!celeryInstalled || !redisInstalled)(
  "Celery as Muster starts it (needs Celery and Redis)",
  () => {
    let system: RenderedSystem;
    let redis: RedisServer;

    beforeAll(async () => {
      system = await RenderedSystem.of(shippedSystem("prod", "thebot"), "prod");
      const declared = system.system.declared.workloads.find(({ kind }) => kind === "redis") as RedisWorkload;
      redis = await RedisServer.start(declared, system.secret("thebot-redis").password);
    });
    afterAll(() => redis.stop());

    function pod(name: string): CeleryPod {
      return new CeleryPod(new Container(system, system.template(name), backendImage), redis);
    }

    const patience = { timeout: 120_000, interval: 500 };

    describe("a worker", () => {
      let worker: CeleryPod;

      beforeAll(() => {
        worker = pod("thebot-celery");
        worker.start();
      });
      afterAll(() => worker.dispose());

      test("is ready and alive once it answers, and works on a task for each core of its limit", async () => {
        await expect.poll(() => worker.probe("startupProbe"), patience).toBe(true);
        expect([worker.probe("readinessProbe"), worker.probe("livenessProbe")]).toEqual([true, true]);
        expect(worker.run(["celery", "inspect", "stats"]).output).toContain('"max-concurrency": 2');
      });

      test("that does not hear the queue is restarted, but not for a queue that is not there", async () => {
        worker.signal("SIGSTOP");
        expect([worker.probe("readinessProbe"), worker.probe("livenessProbe")]).toEqual([false, false]);
        await redis.without(async () => {
          expect([worker.probe("readinessProbe"), worker.probe("livenessProbe")]).toEqual([false, true]);
        });
        worker.signal("SIGCONT");
        await expect.poll(() => worker.probe("readinessProbe"), patience).toBe(true);
      });

      test("that is told to stop ends its task first", async () => {
        const { output } = worker.run(["celery", "-A", "core", "call", "core.celery.work", "--args", "[3]"]);
        const [id] = output.split("\n");
        const result = () => redis.authenticated("-n", "2", "GET", `celery-task-meta-${id}`);
        await expect.poll(result, patience).toContain("STARTED");
        expect(await worker.stop()).toBe(0);
        expect(result()).toContain('"result": "done"');
      });
    });

    test("the clock is ready once it keeps time, and sends what is due", async () => {
      redis.authenticated("-n", "1", "DEL", "celery");
      const clock = pod("thebot-celery-beat");
      onTestFinished(() => clock.dispose());
      clock.start();
      await expect.poll(() => clock.probe("readinessProbe"), patience).toBe(true);
      expect(clock.probe("livenessProbe")).toBe(true);
      await expect
        .poll(() => Number(redis.authenticated("-n", "1", "LLEN", "celery")), patience)
        .toBeGreaterThan(1);
      await clock.stop();
      clock.run(["sh", "-c", "touch -d '1 hour ago' /app/celery/*"]);
      expect(clock.probe("livenessProbe")).toBe(false);
    });

    test("a clock that cannot start is not ready", () => {
      const clock = pod("thebot-celery-beat");
      onTestFinished(() => clock.dispose());
      expect(clock.probe("readinessProbe")).toBe(false);
    });

    test("Django's cache is emptied without the tasks that wait", () => {
      redis.authenticated("-n", "1", "RPUSH", "celery", "a task");
      // What django-redis sends for cache.clear().
      redis.authenticated("-n", "0", "FLUSHDB");
      expect(Number(redis.authenticated("-n", "1", "LLEN", "celery"))).toBeGreaterThan(0);
    });
  },
);
