import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mutatingPolicyApi } from "../../cluster/job-completion";
import { Kinds } from "../../cluster/kinds";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { shippedResources } from "../unit/shipped-stack";
import { dispatchers } from "./dispatchers";
import { makeAll, removeAll } from "./object-paths";
import { publicJobs } from "./public-jobs";

// What the API server makes of the Jobs that the public images put together in their own code. Objects are those of stack dev.

const api = kubernetes();
// biome-ignore lint/suspicious/noExplicitAny: tests change Jobs wherever a Job has a field
type Job = any;

describe.each(dispatchers)("a Job as the public image of $system makes it", ({ system, account, spawns }) => {
  const namespace = account.split(":")[0]!;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const asDispatcher = kubernetes({ asServiceAccount: account });
  const own = publicJobs[system];
  const made: string[] = [];
  let objects: readonly KubernetesObject[];
  let template: Job;
  /** The Job of the template as the API server has it. */
  let untouched: Job;

  const make = async (...kinds: string[]) => made.unshift(...(await makeAll(objects, kinds)));
  /** What the API server would take. */
  const asked = (change: (job: Job) => void = () => {}, by = asDispatcher) => {
    const changed = structuredClone(own);
    changed.metadata.name = "another";
    change(changed);
    return by.create(`${jobs}?dryRun=All`, changed);
  };

  beforeAll(async () => {
    const apiVersion = mutatingPolicyApi({ kinds: await Kinds.of(api) });
    objects = (await shippedResources("dev"))
      .get(system)!
      .map(({ inputs }) => inputs as KubernetesObject)
      .map((each) => (/^Mutating/.test(each.kind) ? { ...each, apiVersion: apiVersion! } : each));
    await make("Namespace", "Role", "RoleBinding", "ServiceAccount", "ResourceQuota");
    await make("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding");
    const named = (name: string) => (each: KubernetesObject) =>
      each.kind === "ConfigMap" && each.metadata.name === name;
    template = JSON.parse(objects.find(named(`${spawns}-job`))!.data["job.json"]);
    untouched = await api.create(`${jobs}?dryRun=All`, template);
  });

  afterAll(() => removeAll(made));

  test("is refused where nothing completes it", async () => {
    // The API server takes a moment to come to a new policy.
    const taken = () =>
      asked().then(
        () => true,
        () => false,
      );
    while (await taken()) await setTimeout(100);
    await expect(asked()).rejects.toThrow(/denied request: /);
  });

  test("runs, completed by its template", async () => {
    await make("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding");
    await completedSoon(asked);
    const { metadata, spec } = await asDispatcher.create(jobs, own);
    const { spec: wanted } = untouched;
    const [container] = spec.template.spec.containers;
    const [ofTemplate] = wanted.template.spec.containers;
    expect(spec.ttlSecondsAfterFinished).toBe(wanted.ttlSecondsAfterFinished);
    for (const field of ["serviceAccountName", "securityContext", "activeDeadlineSeconds", "volumes"])
      expect(spec.template.spec[field]).toEqual(wanted.template.spec[field]);
    expect(spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: wanted.template.spec.terminationGracePeriodSeconds,
    });
    expect(container.securityContext).toEqual(ofTemplate.securityContext);
    for (const field of ["resources", "volumeMounts"])
      expect(container[field]).toMatchObject(ofTemplate[field]);
    const variables = container.env.map(({ name }: { name: string }) => name);
    expect(variables).toContain("HOME");
    expect(variables).toEqual([...new Set(variables)]);

    // What it says itself stays.
    const [ownContainer] = own.spec.template.spec.containers;
    expect(metadata.labels).toMatchObject(own.metadata.labels);
    expect(spec.template.metadata.labels).toMatchObject(own.spec.template.metadata.labels);
    expect(container).toMatchObject({ name: ownContainer.name, image: ownContainer.image });
    if (ownContainer.args) expect(container.args).toEqual(ownContainer.args);
    else expect(container.command).toEqual(ofTemplate.command);
    expect(container.env.slice(-ownContainer.env.length)).toEqual(ownContainer.env);

    const succeeded = async () => (await api.get(`${jobs}/${metadata.name}`)).status.succeeded;
    while (!(await succeeded())) await setTimeout(100);
    await asDispatcher.delete(`${jobs}/${metadata.name}?propagationPolicy=Background`);
  });

  test("is completed where it says next to nothing", async () => {
    const { spec } = await asked((job) => {
      delete job.metadata.labels;
      delete job.spec.ttlSecondsAfterFinished;
      delete job.spec.template.metadata;
      const { name, image } = job.spec.template.spec.containers[0];
      job.spec.template.spec = { restartPolicy: "Never", containers: [{ name, image }] };
    });
    const [container] = spec.template.spec.containers;
    const [ofTemplate] = untouched.spec.template.spec.containers;
    expect(spec.template.metadata.labels).toMatchObject(template.metadata.labels);
    expect(spec.ttlSecondsAfterFinished).toBe(template.spec.ttlSecondsAfterFinished);
    for (const field of ["resources", "args", "command"]) expect(container[field]).toEqual(ofTemplate[field]);
  });

  test("has the deadline of its pod alone, the shorter one, since it may wait for a place", async () => {
    const deadlines = async (ofJob?: number, ofPod?: number) => {
      const { spec } = await asked((job) => {
        job.spec.activeDeadlineSeconds = ofJob;
        job.spec.template.spec.activeDeadlineSeconds = ofPod;
      });
      expect(spec).not.toHaveProperty("activeDeadlineSeconds");
      return spec.template.spec.activeDeadlineSeconds;
    };
    expect(await deadlines(600)).toBe(600);
    expect(await deadlines(600, 300)).toBe(300);
    expect(await deadlines(undefined, 300)).toBe(300);
    const ofTemplate = untouched.spec.template.spec.activeDeadlineSeconds;
    expect(await deadlines(2 * ofTemplate)).toBe(ofTemplate);
    await expect(deadlines(undefined, 2 * ofTemplate)).rejects.toThrow(/denied request: deadline: /);
  });

  test("is not touched where another account makes it", async () => {
    const { metadata, spec } = await asked(undefined, api);
    expect(metadata.labels).not.toHaveProperty(["app.kubernetes.io/part-of"]);
    expect(spec.template.spec).not.toHaveProperty("automountServiceAccountToken");
    const [container] = own.spec.template.spec.containers;
    expect(spec.template.spec.containers[0].securityContext).toEqual(container.securityContext);
    expect(spec.template.spec.containers[0].env).toEqual(container.env);
  });

  const pod = (change: (pod: Job) => void) => (job: Job) => change(job.spec.template.spec);
  const main = (change: (container: Job) => void) => pod(({ containers }) => change(containers[0]));
  const mounting = (source: object) =>
    pod((p) => {
      const [container] = p.containers;
      p.volumes = [...(p.volumes ?? []), { name: "own", ...source }];
      container.volumeMounts = [...(container.volumeMounts ?? []), { name: "own", mountPath: "/own" }];
    });

  test.each([
    ["image", "another image", main((c) => (c.image = "evil.example.com/miner:1"))],
    ["limits", "more CPU", main((c) => (c.resources.limits.cpu = "64"))],
    ["token", "a token", pod((p) => (p.automountServiceAccountToken = true))],
    ["host", "the node's network", pod((p) => (p.hostNetwork = true))],
    ["volumes", "another Secret as a volume", mounting({ secret: { secretName: "redis" } })],
    ["volumes", "an empty directory without a bound", mounting({ emptyDir: {} })],
    [
      "labels",
      "the labels of Redis on its pods",
      (job: Job): unknown => (job.spec.template.metadata.labels["app.kubernetes.io/component"] = "redis"),
    ],
  ] as const)("is refused for %s all the same: %s", async (requirement, _, change) => {
    await expect(asked(change as (job: Job) => void)).rejects.toThrow(
      new RegExp(`denied request: ${requirement}: `),
    );
  });

  test("the one from the template stays as it is", async () => {
    const { metadata, spec } = await asDispatcher.create(`${jobs}?dryRun=All`, template);
    expect(metadata.labels).toEqual(template.metadata.labels);
    expect(spec.template.metadata.annotations).toEqual(template.spec.template.metadata.annotations);
    expect(spec.template.spec).toEqual(untouched.spec.template.spec);
  });
});

/** The API server takes a moment to come to a new policy, and to the template that it reads. Throws what it last said. */
async function completedSoon(asked: () => Promise<unknown>): Promise<void> {
  for (let left = 3000; ; left--)
    try {
      await asked();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await setTimeout(100);
    }
}
