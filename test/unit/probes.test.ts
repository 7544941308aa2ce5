import { expect, test } from "vitest";
import { KubernetesError, type KubernetesObject } from "../../cluster/api-server";
import { names } from "../../commands/doctor/probe/probed-system";
import { shortLived } from "../../commands/doctor/probe/short-lived";
import { type Outcomes, verdicts } from "../../commands/doctor/probe/verdicts";

/** A cluster whose Jobs end at once, as they are told to, and that notes what is made and removed. */
function clusterWhere(exitCode: (name: string) => number, refuse?: string) {
  const made: KubernetesObject[] = [];
  const removed: string[] = [];
  const ended = (job: KubernetesObject) => ({
    ...job,
    status: { conditions: [{ type: "Complete", status: "True" }] },
  });
  const podOf = ({ metadata: { name, labels } }: KubernetesObject) => ({
    metadata: { name: `${name}-x`, labels },
    spec: { nodeName: `node-of-${name}` },
    status: {
      containerStatuses: [
        { state: { terminated: { exitCode: exitCode(labels["app.kubernetes.io/name"]) } } },
      ],
    },
  });
  const api = {
    async create(_path: string, object: KubernetesObject) {
      if (object.kind === refuse) throw new KubernetesError(403, `${refuse} is forbidden`);
      made.push(object);
      return object;
    },
    async get(path: string) {
      const jobs = made.filter(({ kind }) => kind === "Job");
      return {
        items: path.endsWith("/jobs") ? jobs.map(ended) : path.endsWith("/pods") ? jobs.map(podOf) : [],
      };
    },
  };
  const run = (signal = new AbortController().signal) =>
    shortLived({ api, kinds: { collection: ({ kind }: { kind: string }) => `/${kind}` } } as never, {
      stack: "prod",
      image: "curl:8",
      placement: { nodeSelector: { pool: "apps" } },
      classes: ["shared"],
      settings: { network: { dns: [{ namespace: "dns", port: 5353 }] } },
      signal,
      remove: async (namespace) => {
        removed.push(namespace);
      },
    });
  return { made, removed, run };
}

test("they are made in a namespace of their own, as a system is, and it is removed", async () => {
  const { made, removed, run } = clusterWhere((name) => (name === names.stranger ? 28 : 0));
  const outcomes = await run();
  const [namespace] = made;
  expect(namespace).toMatchObject({
    kind: "Namespace",
    metadata: {
      name: expect.stringMatching(/^muster-probe-[0-9a-f]{6}$/),
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    },
  });
  for (const { kind, metadata } of made.slice(1))
    expect([kind, metadata.namespace]).toEqual([kind, namespace!.metadata.name]);
  expect(removed).toEqual([namespace!.metadata.name]);
  // Pods find their policies and volumes there.
  const firstPod = made.findIndex(({ kind }) => ["Deployment", "Job"].includes(kind));
  expect(made.slice(firstPod).every(({ kind }) => ["Deployment", "Job"].includes(kind))).toBe(true);
  const policy = (name: string) =>
    JSON.stringify(made.find(({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === name));
  expect(policy(names.user)).toMatch(/"port":5353.*"port":8080/);
  expect(policy(names.stranger)).toContain('"port":5353');
  expect(policy(names.stranger)).not.toContain('"port":8080');
  expect(outcomes[names.stranger]).toMatchObject({ exitCode: 28 });
});

test("nothing stays where the cluster refuses a part of it, or whoever asked interrupts", async () => {
  const refused = clusterWhere(() => 0, "Job");
  await expect(refused.run()).rejects.toThrow("Job is forbidden");
  expect(refused.removed).toEqual([refused.made[0]!.metadata.name]);

  const interrupted = clusterWhere(() => 0);
  await expect(interrupted.run(AbortSignal.abort(new Error("interrupted")))).rejects.toThrow("interrupted");
  expect(interrupted.removed).toHaveLength(1);
});

const [a, b] = names.sharing(0);
const told = (outcomes: Outcomes, classes: readonly (string | undefined)[] = []) =>
  verdicts(outcomes, classes).map(({ what, mend }) => `${mend === undefined ? "✓" : "✗"} ${what}`);

test.each<[number, number, string[]]>([
  [0, 28, ["✓ DNS answers through the policies", "✓ a NetworkPolicy stops what no edge opens"]],
  [0, 7, ["✓ DNS answers through the policies", "✓ a NetworkPolicy stops what no edge opens"]],
  [0, 0, ["✓ DNS answers through the policies", "✗ a NetworkPolicy stops nothing"]],
  [6, 6, ["✗ DNS does not answer", "✗ whether a NetworkPolicy stops traffic was not seen"]],
  [
    28,
    28,
    ["✗ DNS answers through the policies, but", "✗ whether a NetworkPolicy stops traffic was not seen"],
  ],
])("who uses ended with %d, who may not with %d", (user, stranger, expected) => {
  const found = told({ [names.user]: { exitCode: user }, [names.stranger]: { exitCode: stranger } });
  expect(found).toEqual(expected.map((each) => expect.stringContaining(each)));
});

test.each<[Outcomes, string]>([
  [
    { [a]: { exitCode: 0, node: "one" }, [b]: { exitCode: 0, node: "two" } },
    "✓ StorageClass nfs gives ReadWriteMany: pods on one and two",
  ],
  [
    { [a]: { exitCode: 0, node: "one" }, [b]: { exitCode: 0, node: "one" } },
    "✓ StorageClass nfs: two pods on one node",
  ],
  [{ [a]: { exitCode: 1 }, [b]: { exitCode: 0 } }, "✗ StorageClass nfs gives ReadWriteMany by name alone"],
  [{ [a]: { exitCode: 2 }, [b]: {} }, "✗ StorageClass nfs gives a volume that a pod of its own user"],
  [
    { [a]: { because: "FailedScheduling: unbound claim" }, [b]: { exitCode: 0 } },
    "✗ whether StorageClass nfs gives ReadWriteMany was not seen",
  ],
])("volumes: %o", (outcomes, expected) => {
  expect(told(outcomes, ["nfs"])[2]).toContain(expected);
});
