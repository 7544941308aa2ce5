import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { mutatingPolicyApi } from "../../cluster/job-completion";
import { Kinds } from "../../cluster/kinds";
import { withPrerequisites } from "../../cluster/prerequisites";
import { type JobStatus, jobsStatus } from "../../cluster/status/jobs";
import { namespaceObjects } from "../../cluster/status/namespace-objects";
import { declaredSystems } from "../../systems";
import type { Kueue } from "../../tools/kueue";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { kueueOfTest } from "../harness/kueue";
import { configOf, resourcesOf } from "../unit/shipped-stack";
import { usersCluster } from "./declared-on-cluster";
import { dispatchers } from "./dispatchers";
import { makeAll, removeAll } from "./object-paths";
import { publicJobs } from "./public-jobs";
import { allRan, jobsOf, type Ran } from "./waiting-jobs";

// Ten places each: agentsmith's Jobs go through a queue, vomeet-bot's wait for their quota. Both as the public images make them.
const places = 10;
const config = parse(readFileSync(join(__dirname, "../../Pulumi.dev.yaml"), "utf8")).config;
const stack = configOf(
  "dev",
  stringify({
    config: {
      "muster:agentsmith": { ...config["muster:agentsmith"], spawner: { maxRunningJobs: places, queue: {} } },
      "muster:vomeet-bot": {
        ...config["muster:vomeet-bot"],
        bot: { ...config["muster:vomeet-bot"].bot, maxRunning: places },
      },
    },
  }),
);

// The tests build on each other, in this order.
describe("forty Jobs over ten places", () => {
  const api = kubernetes();
  const ofKueue = "/apis/kueue.x-k8s.io/v1beta2/namespaces/agentsmith-dev";
  const namespace = { queued: "agentsmith-dev", waiting: "vomeet-bot-dev" };
  const jobs = `/apis/batch/v1/namespaces/${namespace.queued}/jobs`;
  let objects: readonly KubernetesObject[];
  let kueue: Kueue;
  let made: string[] = [];
  /** Those that wait for the quota run all the while: the Job controller takes its time. */
  let withoutKueue: Promise<Ran[]>;

  const make = async (...kinds: string[]) => (made = [...(await makeAll(objects, kinds)), ...made]);

  beforeAll(async () => {
    const apiVersion = mutatingPolicyApi({ kinds: await Kinds.of(api) });
    const resources = await Promise.all(declaredSystems(stack).map((each) => resourcesOf(each, "dev")));
    objects = resources
      .flat()
      .map(({ inputs }) => inputs as KubernetesObject)
      .map((each) => (/^Mutating/.test(each.kind) ? { ...each, apiVersion: apiVersion! } : each));
    await make("Namespace", "Role", "RoleBinding", "ServiceAccount", "ResourceQuota");
    await make("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding");
    await make("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding");
    for (const system of ["agentsmith", "vomeet-bot"] as const) {
      // The API server takes a moment to come to them.
      const isCompleted = async () => {
        const [job] = await create(system, 1, { runsFor: 1, query: "?dryRun=All" }).catch(() => []);
        return job?.spec.template.spec.activeDeadlineSeconds !== undefined;
      };
      while (!(await isCompleted())) await setTimeout(100);
    }
  });
  afterAll(async () => {
    await withoutKueue?.catch(() => {});
    if (kueue?.isInstalled) await kueue.uninstall();
    await removeAll(made);
  });

  test("without Kueue they run, whatever their deadline, each up to a minute after a place is free", async () => {
    await create("vomeet-bot", 40, { runsFor: 5, deadline: 9 });
    withoutKueue = allRan(namespace.waiting, 40);
    withoutKueue.catch(() => {});
    const running = async () => (await jobsOf(namespace.waiting)).filter(({ status }) => status.active === 1);
    await expect.poll(async () => (await running()).length).toBe(places);
  });

  test("a queue in the config of a stack whose cluster has no Kueue is an error, with the command that installs it", async () => {
    const asked = { systems: declaredSystems(stack), network: undefined };
    const found = withPrerequisites(asked, await usersCluster());
    await expect(found).rejects.toThrow(
      /muster:agentsmith, queue needs Kueue .* which the cluster does not have[\s\S]*helm install kueue /,
    );
  });

  test("with Kueue they start in the order of their creation, and none ends for having waited", async () => {
    kueue = await kueueOfTest();
    await kueue.install();
    await makeAll(objects, ["ResourceFlavor", "ClusterQueue", "LocalQueue"]);
    const conditions = async () => (await api.get(`${ofKueue}/localqueues/agent`)).status?.conditions;
    await expect.poll(conditions).toContainEqual(expect.objectContaining({ type: "Active", status: "True" }));
    // Kueue's turn goes by when it came to know of a Job, in whole seconds.
    for (let batch = 0; batch < 4; batch++) {
      await create("agentsmith", places, { runsFor: 8, deadline: 9, from: batch * places });
      const known = async () => (await api.list(`${ofKueue}/workloads`)).length;
      await expect.poll(known).toBe((batch + 1) * places);
      await setTimeout(1100);
    }
    const ran = await allRan(namespace.queued, 40);
    const batchOf = ({ name }: Ran) => Math.floor(Number(name.split("-").at(-1)) / places);
    const inOrder = ran.toSorted((a, b) => a.start - b.start || batchOf(a) - batchOf(b)).map(batchOf);
    expect(inOrder).toEqual(inOrder.toSorted());
    // Some waited longer than they may run.
    expect(Math.max(...ran.map(({ created, start }) => start - created))).toBeGreaterThan(9000);
  });

  test("while Kueue is away its Jobs wait, and status says so; when it is back they run", async () => {
    await tenRunTwoWait();
    const because = async () => (await waiting()).flatMap(({ because }) => because);
    // Which of the two is the first, Kueue decides.
    const first = {
      reason: "waits in queue agent",
      message: expect.stringContaining("insufficient unused quota"),
    };
    await expect.poll(because).toContainEqual(first);
    expect((await because()).map(({ reason }) => reason)).toEqual([first.reason, first.reason]);
    await kueue.stop();
    await expect(create("agentsmith", 1, { runsFor: 1, from: 20 })).rejects.toThrow(/webhook/);
    await end("running");
    expect(await waiting()).toHaveLength(2);
    await kueue.start();
    await allRan(namespace.queued, 2);
  });

  test("Kueue removed while Jobs wait leaves them suspended, until somebody says otherwise", async () => {
    await tenRunTwoWait();
    await kueue.uninstall();
    await end("running");
    const left = await waiting();
    expect(left.map(({ name }) => name).sort()).toEqual(["agentsmith-10", "agentsmith-11"]);
    for (const { because } of left)
      expect(because).toEqual([{ reason: "Suspended", message: "a queue or a person holds it" }]);
    for (const { name } of left) await api.patch(`${jobs}/${name}`, { spec: { suspend: false } });
    await allRan(namespace.queued, 2);
  });

  test("and those without Kueue have all run, although most waited longer than they may run", async () => {
    const ran = await withoutKueue;
    expect(Math.max(...ran.map(({ created, start }) => start - created))).toBeGreaterThan(9000);
  });

  interface Given {
    readonly runsFor: number;
    /** Seconds that the Job itself says it may run. */
    readonly deadline?: number;
    /** The number in the name of the first. Default: 0. */
    readonly from?: number;
    readonly query?: string;
  }

  async function create(
    system: "agentsmith" | "vomeet-bot",
    count: number,
    given: Given,
  ): Promise<KubernetesObject[]> {
    const { account } = dispatchers.find((each) => each.system === system)!;
    const asDispatcher = kubernetes({ asServiceAccount: account });
    const [of] = account.split(":");
    const one = (number: number) => {
      const { metadata, spec, ...own } = structuredClone(publicJobs[system]);
      const { template, activeDeadlineSeconds: _, ...rest } = spec;
      template.metadata.annotations = { "simulation/runs-for": `${given.runsFor}s` };
      const path = `/apis/batch/v1/namespaces/${of}/jobs${given.query ?? ""}`;
      return asDispatcher.create(path, {
        ...own,
        metadata: { ...metadata, name: `${system}-${number}` },
        spec: { ...rest, template, ...(given.deadline && { activeDeadlineSeconds: given.deadline }) },
      });
    };
    return Promise.all(Array.from({ length: count }, (_, index) => one((given.from ?? 0) + index)));
  }

  async function tenRunTwoWait(): Promise<void> {
    await end("all");
    await create("agentsmith", places, { runsFor: 600 });
    const running = async () => (await jobsOf(namespace.queued)).filter(({ status }) => status.active === 1);
    await expect.poll(async () => (await running()).length).toBe(places);
    await create("agentsmith", 2, { runsFor: 1, from: places });
  }

  async function waiting(): Promise<readonly JobStatus[]> {
    return jobsStatus(await namespaceObjects(api, namespace.queued))[0]!.waiting;
  }

  /** Removes Jobs, and does not wait for what Kueue holds. */
  async function end(which: "running" | "all"): Promise<void> {
    const those = async () =>
      (await jobsOf(namespace.queued)).filter(({ status }) => which === "all" || status.active === 1);
    for (const { metadata } of await those())
      await api.delete(`${jobs}/${metadata.name}?propagationPolicy=Background`);
    while ((await those()).length > 0) await setTimeout(100);
  }
});
