import { expect, onTestFinished, test, vi } from "vitest";
import { restoreOver } from "../../commands/restore/redis";
import type { RedisWorkload } from "../../components/redis";
import { thebot } from "../../systems/thebot";
import { BackupCluster } from "./backup-cluster";
import { objectsOf } from "./objects-of";
import { StackDirectory } from "./stack-directory";

// What becomes of a Redis whose restore does not go as it should: Redis must not run beside what writes to its volume.

async function restoring() {
  using directory = new StackDirectory();
  const declared = thebot(directory.parse("config: { muster:thebot: { backup: {} } }").thebot!);
  const server = declared.workloads.find((each): each is RedisWorkload => each.kind === "redis")!;
  const cronJob = `${server.name}-backup`;
  const secrets = { values: {}, missing: [], generated: {} };
  const object = (await objectsOf(declared, { secrets })).object("CronJob", cronJob);
  const cluster = await BackupCluster.serving(object, () => ({ succeeded: true, log: "restored" }));
  onTestFinished(() => cluster.close());
  const said: string[] = [];
  const backedUp = { system: "thebot", namespace: "thebot-dev", server, cronJob, hasBucket: false };
  const restore = () => restoreOver(cluster.api, backedUp, "latest", (line) => said.push(line));
  return { cluster, said, restore };
}

test("an API server that fails for a moment is asked again", async () => {
  const { cluster, restore } = await restoring();
  const failed = new Set<string>();
  // Each once, after Redis was stopped.
  cluster.refuses = (method, path) => {
    const asked = `${method} ${path.endsWith("/jobs") ? "the Jobs" : path.includes("/statefulsets/") ? "the set" : ""}`;
    if (!["GET the Jobs", "PATCH the set"].includes(asked) || failed.has(asked)) return undefined;
    failed.add(asked);
    return 502;
  };
  await restore();
  expect([...failed]).toEqual(["PATCH the set", "GET the Jobs"]);
  expect(cluster.changes).toEqual(["scaled to 0", "a Job is created", "scaled to 1"]);
});

test("a Job that cannot be followed is deleted before Redis starts", async () => {
  const { cluster, restore } = await restoring();
  cluster.jobsEnd = false;
  cluster.refuses = (method, path) => (method === "GET" && path.endsWith("/jobs") ? 400 : undefined);
  await expect(restore()).rejects.toThrow("refused with 400");
  expect(cluster.changes).toEqual(["scaled to 0", "a Job is created", "the Job is deleted", "scaled to 1"]);
});

test("Redis stays stopped where the Job cannot be deleted, and it is said what to do", async () => {
  const { cluster, restore } = await restoring();
  cluster.jobsEnd = false;
  cluster.refuses = (method, path) => {
    if (method === "DELETE") return 403;
    return method === "GET" && path.endsWith("/jobs") ? 400 : undefined;
  };
  await expect(restore()).rejects.toThrow(
    /may still run: refused with 403\n.*kubectl scale -n thebot-dev statefulset\/thebot-redis --replicas=1/,
  );
  expect(cluster.changes).toEqual(["scaled to 0", "a Job is created"]);
});

test("a Redis that does not get ready is not waited for without end", async () => {
  const { cluster, restore } = await restoring();
  cluster.waits = { seconds: 0, because: "0/3 nodes are available" };
  await expect(restore()).rejects.toThrow(
    "thebot-redis is not ready after 0 s.\nserver-0\n  Unschedulable: 0/3 nodes are available",
  );
});

test("a second interrupt ends it, and says how things stand", async () => {
  const { cluster, said, restore } = await restoring();
  cluster.jobsEnd = false;
  const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as never);
  onTestFinished(() => exit.mockRestore());
  const restored = restore();
  await expect.poll(() => cluster.jobs.length).toBe(1);
  process.emit("SIGINT");
  expect(exit).not.toHaveBeenCalled();
  expect(said.at(-1)).toContain("Interrupt it again to end it now.");
  process.emit("SIGINT");
  expect(exit).toHaveBeenCalledWith(130);
  expect(said.at(-1)).toContain("thebot-redis may be stopped, and a Job thebot-redis-backup-… may write");
  cluster.jobs.pop();
  await expect(restored).rejects.toThrow("was deleted before it had ended");
});

test("what brings a backup back has not the deadline of what makes one", async () => {
  const { cluster, restore } = await restoring();
  await restore();
  expect(cluster.jobs[0]!.spec.activeDeadlineSeconds).toBeUndefined();
});
