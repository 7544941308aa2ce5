import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";

const namespace = "thebot-staging";
const api = kubernetes();
const component = ({ metadata }: KubernetesObject): string => metadata.labels["app.kubernetes.io/component"];
const imageOf = (pod: KubernetesObject): string => pod.spec.containers[0].image;

// New versions and settings, good and bad. The tests build on each other, in this order.
describe("thebot changes in staging", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("staging", { only: "thebot" });
    // A failed pod has failed the job, so that the test need not wait for three more.
    await workspace.edit("Pulumi.staging.yaml", (text) =>
      text.replace("muster:thebot:", "muster:thebot:\n    jobs: { backoffLimit: 0 }\n   "),
    );
    await workspace.succeeds("up", "--yes", "--skip-preview");
  });
  afterAll(async () => {
    await api.delete(failing).catch(() => {});
    await workspace.dispose();
  });

  test("a new image: its jobs are done before its first pod starts, and beat is never two", async () => {
    const before = await jobs();
    const beats = mostAtOnce("celery-beat");
    await change((text) => text.replace("thebot/backend:staging", "thebot/backend:v2"));
    const most = await beats.stop();
    expect(most.samples).toBeGreaterThan(20);
    expect(most.pods).toBe(1);
    const after = await jobs();
    expect(after.filter((name) => before.includes(name))).toEqual([]);
    expect(after).toHaveLength(2);
    const done = (await ownJobs()).map(({ status }) => Date.parse(status.completionTime));
    const started = (await remaining())
      .filter((pod) => ["backend", "celery", "celery-beat"].includes(component(pod)))
      .map((pod) => {
        expect(imageOf(pod)).toBe("thebot/backend:v2");
        return Date.parse(pod.metadata.creationTimestamp);
      });
    expect(Math.max(...done)).toBeLessThanOrEqual(Math.min(...started));
  });

  test("changed settings run the jobs again; a new frontend, a secret or another size does not", async () => {
    const before = await jobs();
    const asked = [await smoke()];
    const up = async () => {
      await workspace.succeeds("up", "--yes", "--skip-preview");
      asked.push(await smoke());
    };
    const change = async (edit: (text: string) => string) => {
      await workspace.edit("Pulumi.staging.yaml", edit);
      await up();
    };
    await change((text) => text.replace("thebot/frontend:staging", "thebot/frontend:v2"));
    await workspace.succeeds("config", "set", "--secret", "thebot:TELEGRAM_BOT_TOKEN", "another-token");
    await up();
    await change((text) => text.replace("maxReplicas: 4", "maxReplicas: 5"));
    await change((text) => text.replace("backoffLimit: 0", "$&, activeDeadlineSeconds: 900"));
    expect(await jobs()).toEqual(before);
    // Both of them roll pods, and the others none.
    const [atFirst, newFrontend, newSecret, ...after] = asked.map((job) => job.metadata.uid);
    expect(new Set([atFirst, newFrontend, newSecret]).size).toBe(3);
    expect(after).toEqual([newSecret, newSecret]);
    await change((text) => text.replace("cacheTimeout: 1800", "cacheTimeout: 900"));
    const anew = await jobs();
    expect(anew).toHaveLength(2);
    expect(anew.filter((name) => before.includes(name))).toEqual([]);
  });

  test("a larger volume: its claim grows, by preview and up, and the database runs on", async () => {
    const postgres = async () =>
      (await api.get(`/api/v1/namespaces/${namespace}/pods/thebot-postgres-0`)).metadata.uid;
    const before = await postgres();
    await workspace.edit("Pulumi.staging.yaml", (text) => text.replace("size: 20Gi", "size: 30Gi"));
    await workspace.succeeds("up", "--yes");
    const claim = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/data-thebot-postgres-0`;
    expect((await api.get(claim)).spec.resources.requests.storage).toBe("30Gi");
    expect(await postgres()).toBe(before);
  });

  test("a failed migration stops the up before any pod of the new version, and the old ones serve on", async () => {
    await api.apply(failing, failingStage("migrate", "v3"));
    const sampled = imagesSeen();
    await workspace.edit("Pulumi.staging.yaml", (text) =>
      text.replace("thebot/backend:v2", "thebot/backend:v3"),
    );
    const { exitCode, output } = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(exitCode, output).not.toBe(0);
    expect(output).toContain("thebot-migrate");
    const seen = await sampled.stop();
    for (const name of ["backend", "celery", "celery-beat"])
      expect([...seen[name]!]).toEqual(["thebot/backend:v2"]);
    const backends = (await remaining()).filter((pod) => component(pod) === "backend");
    expect(backends.length).toBeGreaterThanOrEqual(2);
    expect(backends.every(({ status }) => status.phase === "Running")).toBe(true);
  });

  test("a path that does not answer well fails the up, once all that is asked has been rolled out", async () => {
    await api.delete(failing);
    await api.apply(failing, failingStage("smoke", "8.16.0"));
    const { exitCode, output } = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(exitCode, output).not.toBe(0);
    expect(output).toMatch(/smoke-[0-9a-f]{8}/);
    const images = (await remaining()).filter((pod) => component(pod) === "backend").map(imageOf);
    expect(images).toContain("thebot/backend:v3");
  });

  test("the next good up heals it, with the same version and with nothing done by hand", async () => {
    await api.delete(failing);
    await workspace.succeeds("up", "--yes", "--skip-preview");
    expect((await smoke()).status.succeeded).toBe(1);
    const images = (await remaining()).filter((pod) => component(pod) === "backend").map(imageOf);
    expect(new Set(images)).toEqual(new Set(["thebot/backend:v3"]));
    expect(await jobs()).toHaveLength(2);
    const { stdout } = await workspace.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(stdout).toMatch(/\d+ unchanged/);
  });

  const list = (group: string, plural: string) =>
    api.list(`/apis/${group}/v1/namespaces/${namespace}/${plural}`);
  const pods = () => api.list(`/api/v1/namespaces/${namespace}/pods`);

  /** The pods but those that are being ended. */
  const remaining = async () => (await pods()).filter(({ metadata }) => !metadata.deletionTimestamp);

  const smoke = async () => (await list("batch", "jobs")).find((job) => component(job) === "smoke")!;
  const ownJobs = async () => (await list("batch", "jobs")).filter((job) => component(job) !== "smoke");

  /** The Jobs of thebot's own image, all of which have to be complete. */
  async function jobs(): Promise<string[]> {
    const all = await ownJobs();
    for (const { metadata, status } of all) expect(status.succeeded, metadata.name).toBe(1);
    return all.map(({ metadata }) => metadata.name).sort();
  }

  async function change(edit: (text: string) => string) {
    await workspace.edit("Pulumi.staging.yaml", edit);
    await workspace.succeeds("up", "--yes", "--skip-preview");
  }

  /** Samples how many pods of a workload there are at once. */
  function mostAtOnce(name: string) {
    const most = { pods: 0, samples: 0 };
    return sampling(async () => {
      const there = (await pods()).filter((pod) => component(pod) === name).length;
      most.pods = Math.max(most.pods, there);
      most.samples += 1;
    }, most);
  }

  /** Samples which images the pods of each workload run. */
  function imagesSeen() {
    const seen: Record<string, Set<string>> = {};
    return sampling(async () => {
      for (const pod of await pods()) {
        const name = component(pod);
        seen[name] = (seen[name] ?? new Set()).add(imageOf(pod));
      }
    }, seen);
  }

  function sampling<R>(sample: () => Promise<void>, result: R) {
    let goesOn = true;
    const done = (async () => {
      while (goesOn) {
        await sample();
        await setTimeout(50);
      }
    })();
    return {
      async stop(): Promise<R> {
        goesOn = false;
        await done;
        return result;
      },
    };
  }
});

const failing = "/apis/kwok.x-k8s.io/v1alpha1/stages/fails";

/** The simulated kubelet lets the Job of that version fail, as long as this is there. */
const failingStage = (name: string, version: string) => ({
  apiVersion: "kwok.x-k8s.io/v1alpha1",
  kind: "Stage",
  metadata: { name: "fails" },
  spec: {
    resourceRef: { apiGroup: "v1", kind: "Pod" },
    selector: {
      matchLabels: { "app.kubernetes.io/component": name, "app.kubernetes.io/version": version },
      matchExpressions: [
        { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" },
        { key: ".status.phase", operator: "In", values: ["Running"] },
      ],
    },
    weight: 1,
    next: { statusTemplate: "phase: Failed" },
  },
});
