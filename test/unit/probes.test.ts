import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { expect, test, vi } from "vitest";
import { KubernetesError, type KubernetesObject } from "../../cluster/api-server";
import { answer, ask, names } from "../../commands/doctor/probe/probed-system";
import { shortLived } from "../../commands/doctor/probe/short-lived";
import { type Outcomes, verdicts } from "../../commands/doctor/probe/verdicts";
import { classesOf } from "../../commands/doctor/probes";

interface Behaviour {
  /** Undefined is a Job that does not end. */
  readonly exitCode: (name: string) => number | undefined;
  /** A kind that is not taken. */
  readonly refuse?: string;
  /** How the container of the one that answers ended. Left out: it answers. */
  readonly answererEnded?: { readonly exitCode: number; readonly message?: string };
  readonly removal?: Error;
}

/** A cluster whose Jobs end at once, as they are told to, and that notes what is made and removed. */
function clusterWhere({ exitCode, refuse, answererEnded, removal }: Behaviour) {
  const made: KubernetesObject[] = [];
  const removed: string[] = [];
  const nameOf = ({ metadata }: KubernetesObject) => metadata.labels!["app.kubernetes.io/name"]!;
  const ended = (job: KubernetesObject) => ({
    ...job,
    status: exitCode(nameOf(job)) !== undefined && { conditions: [{ type: "Complete", status: "True" }] },
  });
  const podOf = (owner: KubernetesObject) => ({
    metadata: { name: `${owner.metadata.name}-x`, labels: owner.metadata.labels },
    spec: { nodeName: `node-of-${owner.metadata.name}` },
    status: {
      containerStatuses: [
        owner.kind === "Job"
          ? { state: { terminated: { exitCode: exitCode(nameOf(owner)) } } }
          : { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated: answererEnded } },
      ],
    },
  });
  const rolledOut = { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  const of = (kind: string) => made.filter((each) => each.kind === kind);
  const lists: Readonly<Record<string, () => object[]>> = {
    jobs: () => of("Job").map(ended),
    deployments: () => of("Deployment").map((each) => ({ ...each, status: answererEnded ? {} : rolledOut })),
    pods: () => [...of("Job"), ...of("Deployment")].map(podOf),
  };
  const api = {
    async create(_path: string, object: KubernetesObject) {
      if (object.kind === refuse) throw new KubernetesError(403, `${refuse} is forbidden`);
      made.push(object);
      return object;
    },
    async get(path: string) {
      return { items: lists[path.split("/").at(-1)!]?.() ?? [] };
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
        if (removal) throw removal;
      },
    });
  const asking = () =>
    of("Job")
      .map(nameOf)
      .filter((name) => [names.user, names.stranger].includes(name));
  return { made, removed, run, asking };
}

test("they are made in a namespace of their own, as a system is, and it is removed", async () => {
  const { made, removed, run } = clusterWhere({ exitCode: (name) => (name === names.stranger ? 28 : 0) });
  const { outcomes, left } = await run();
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
  expect(left).toBeUndefined();
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

test("who may not ask is sent only after who may got an answer, and nobody where nobody answers", async () => {
  const well = clusterWhere({ exitCode: () => 0 });
  await well.run();
  expect(well.asking()).toEqual([names.user, names.stranger]);

  const closed = clusterWhere({ exitCode: (name) => (name === names.user ? 28 : 0) });
  const { outcomes } = await closed.run();
  expect(closed.asking()).toEqual([names.user]);
  expect(told(outcomes)[1]).toBe("✗ whether a NetworkPolicy stops traffic was not seen");

  const answererEnded = { exitCode: 69, message: "its image has no nc that takes -l -p\n" };
  const silent = clusterWhere({ exitCode: () => 0, answererEnded });
  const found = verdicts((await silent.run()).outcomes, ["shared"]);
  expect(silent.asking()).toEqual([]);
  const nobody = expect.stringContaining("nobody answered: its image has no nc that takes -l -p");
  expect(found.map(({ mend }) => mend)).toEqual([nobody, nobody, undefined]);
});

test("nothing stays where the cluster refuses a part of it, or whoever asked interrupts", async () => {
  const refused = clusterWhere({ exitCode: () => 0, refuse: "Job" });
  await expect(refused.run()).rejects.toThrow(
    /^Job is forbidden\nNamespace muster-probe-\w+ is removed again/,
  );
  expect(refused.removed).toEqual([refused.made[0]!.metadata.name]);

  const before = clusterWhere({ exitCode: () => 0 });
  await expect(before.run(AbortSignal.abort(new Error("interrupted")))).rejects.toThrow(/^interrupted\n/);
  expect(before.removed).toHaveLength(1);

  const waiting = clusterWhere({ exitCode: () => undefined });
  const interrupt = new AbortController();
  const running = waiting.run(interrupt.signal);
  const ended = expect(running).rejects.toThrow(/^interrupted\nNamespace .* is removed again/);
  await vi.waitFor(() => expect(waiting.asking()).toEqual([names.user]));
  interrupt.abort(new Error("interrupted"));
  await ended;
  expect(waiting.removed).toHaveLength(1);
});

test("a namespace that is not removed is said beside what was found, or what failed", async () => {
  const removal = new Error("no route to host");
  const { left } = await clusterWhere({ exitCode: () => 0, removal }).run();
  expect(left).toMatch(/no route to host\nRemove it: kubectl delete namespace muster-probe-\w+$/);
  await expect(clusterWhere({ exitCode: () => 0, refuse: "Job", removal }).run()).rejects.toThrow(
    /^Job is forbidden\n.*no route to host\nRemove it: kubectl delete namespace muster-probe-\w+$/,
  );
});

test("classes that may not be listed are a finding, and those that keep volumes are left out", async () => {
  const list = (answer: () => object[]) => ({ api: { list: async () => answer() } }) as never;
  const refused = await classesOf(
    ["nfs"],
    list(() => {
      throw new KubernetesError(403, "storageclasses is forbidden");
    }),
  );
  expect(refused).toMatchObject({
    classes: [],
    findings: [
      { what: expect.stringContaining("none was tried"), mend: expect.stringContaining("is forbidden") },
    ],
  });
  const kept = { metadata: { name: "kept" }, reclaimPolicy: "Retain" };
  const found = await classesOf(
    ["nfs", "kept"],
    list(() => [kept]),
  );
  expect(found.classes).toEqual(["nfs"]);
  expect(found.findings).toEqual([{ what: expect.stringContaining("StorageClass kept was not tried") }]);
});

test.each<[string, number[], number]>([
  ["reached", [7, 7, 0], 0],
  ["reached", [6], 6],
  ["stopped", [28, 0, 7, 7, 7, 7, 28], 28],
  ["stopped", [0], 0],
  ["stopped", [7, 0], 0],
  ["stopped", [7, 7, 0, 7], 1],
])("a pod that is to be %s, whose tries end with %j", async (until, tries, expected) => {
  // The last goes on for ever, or the tries before it come again and again.
  const rounds = expected === 1 ? tries : [...tries, ...Array(20).fill(tries.at(-1))];
  const curl = `n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) > n; set -- ${rounds.join(" ")}; shift $((n % $#)); exit $1`;
  const { exitCode } = await inShell(ask, { curl, sleep: "exit 0" }, until);
  expect(exitCode).toBe(expected);
});

test.each([
  ["none", "exit 127"],
  ["one that takes no -p", "exit 1"],
])("who is to answer ends where its image has %s", async (_, nc) => {
  const { exitCode, stdout } = await inShell(answer, { nc, tee: "cat" });
  expect([exitCode, stdout]).toEqual([69, "its image has no nc that takes -l -p"]);
});

const [a, b] = names.sharing(0);
const told = (outcomes: Outcomes, classes: readonly (string | undefined)[] = []) =>
  verdicts(outcomes, classes).map(({ what, mend }) => `${mend === undefined ? "✓" : "✗"} ${what}`);

test.each<[number, number, string[]]>([
  [0, 28, ["✓ DNS answers through the policies", "✓ a NetworkPolicy stops what no edge opens"]],
  [0, 7, ["✓ DNS answers through the policies", "✓ a NetworkPolicy stops what no edge opens"]],
  [0, 0, ["✓ DNS answers through the policies", "✗ a NetworkPolicy stops nothing"]],
  [0, 1, ["✓ DNS answers through the policies", "✗ whether a NetworkPolicy stops traffic was not seen"]],
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

/** Runs what a container runs, with other programs under the names of those that it calls. */
async function inShell(script: string, programs: Readonly<Record<string, string>>, ...args: string[]) {
  const directory = mkdtempSync(join(tmpdir(), "probe-"));
  try {
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(directory, name), 0o755);
    }
    const env = { PATH: `${directory}${delimiter}${process.env.PATH}` };
    return await execa("sh", ["-c", script, ...args], { cwd: directory, env, reject: false });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
