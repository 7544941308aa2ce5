import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeclaredObject } from "../../cluster/comparison/declared-objects";
import { inTheWay, moved } from "../../cluster/comparison/report";
import type { ReachedCluster } from "../../cluster/connect";
import { pathOf } from "../../cluster/kinds";
import { kubernetes } from "../harness/kubernetes";
import { configOf } from "../unit/shipped-stack";
import { declaredOf, held, usersCluster } from "./declared-on-cluster";

describe("what an update would come to is said before it", () => {
  const api = kubernetes();
  const namespace = "/api/v1/namespaces/thebot";
  let declared: readonly DeclaredObject[];
  let cluster: ReachedCluster;

  beforeAll(async () => {
    cluster = { ...(await usersCluster()), isLocal: true };
    declared = (await declaredOf(configOf("prod"))).filter(({ manifest: { kind, metadata } }) =>
      kind === "Namespace" ? metadata.name === "thebot" : metadata.namespace === "thebot",
    );
    await make(({ kind }) => kind === "Namespace");
  });
  afterAll(() => api.delete(namespace));

  /** Makes some of the objects, as Pulumi would. */
  async function make(which: (manifest: DeclaredObject["manifest"]) => boolean): Promise<void> {
    for (const { manifest } of declared.filter((each) => which(each.manifest)))
      await api.apply(pathOf(cluster.kinds, manifest)!, manifest, { manager: "pulumi-kubernetes-test" });
  }

  /** The connection to a cluster of some name, as Pulumi's record has it. */
  const provider = (clusterIdentifier: string): DeclaredObject => ({
    urns: ["urn:pulumi:prod::muster::pulumi:providers:kubernetes::cluster"],
    resource: "provider",
    manifest: { clusterIdentifier } as unknown as DeclaredObject["manifest"],
  });

  const said = async (inRecord: readonly DeclaredObject[] = []) =>
    inTheWay(await held(declared, cluster, inRecord)).join("\n\n");

  test("pods that the cluster would admit, and a full quota of the system's own, are not spoken of", async () => {
    const quota = declared.find(({ manifest: { kind } }) => kind === "ResourceQuota")!.manifest.metadata.name;
    const path = `${namespace}/resourcequotas/${quota}`;
    await api.create(`${namespace}/resourcequotas`, {
      metadata: { name: quota },
      spec: { hard: { pods: "0" } },
    });
    while ((await api.get(path)).status?.hard === undefined)
      await new Promise((resolve) => setImmediate(resolve));
    const before = await held(declared, cluster);
    expect(before.notAdmitted).toEqual([]);
    expect(before.strangers).toHaveLength(1);
    await api.delete(path);
    expect(await said()).toBe("");
  });

  test("pods that a LimitRange refuses: once, with all whose they are, in the API server's words", async () => {
    const limits = [{ type: "Container", max: { memory: "300Mi" } }];
    await api.create(`${namespace}/limitranges`, { metadata: { name: "small" }, spec: { limits } });
    await expect.poll(() => said()).toContain("does not take the pods of these workloads");
    const text = await said();
    expect(text).toMatch(
      /Deployment thebot\/thebot-frontend.* \(muster:thebot\): maximum memory usage per Container is 300Mi, but limit is 1Gi/,
    );
    const reasons = text
      .split("\n")
      .slice(1)
      .map((line) => line.slice(line.indexOf("): ") + 3));
    expect(new Set(reasons).size).toBe(reasons.length);
    await api.delete(`${namespace}/limitranges/small`);
  });

  test("pods are tried as their own account, also one that others brought", async () => {
    await api.create(`${namespace}/serviceaccounts`, {
      metadata: { name: "of-others" },
      imagePullSecrets: [{ name: "of-the-account" }],
    });
    const frontend = declared.find(({ resource }) => resource.endsWith("Deployment thebot-frontend"))!;
    const { manifest } = frontend;
    const spec = structuredClone(manifest.spec);
    spec.template.spec.serviceAccountName = "of-others";
    spec.template.spec.imagePullSecrets = [];
    const tried: object[] = [];
    const recording = Object.create(cluster.api, {
      create: {
        value: async (path: string, pod: object) => tried.push(await api.create(path, pod)),
      },
    });
    const all = declared.map((each) =>
      each === frontend ? { ...frontend, manifest: { ...manifest, spec } } : each,
    );
    expect(inTheWay(await held(all, { ...cluster, api: recording }))).toEqual([]);
    expect(tried).toContainEqual(
      expect.objectContaining({
        spec: expect.objectContaining({ imagePullSecrets: [{ name: "of-the-account" }] }),
      }),
    );
  });

  test("a volume that others made larger is left where config says so", async () => {
    const { manifest } = declared.find(({ manifest: { kind } }) => kind === "PersistentVolumeClaim")!;
    const larger = { ...manifest, spec: { ...manifest.spec, resources: { requests: { storage: "999Gi" } } } };
    const path = pathOf(cluster.kinds, manifest)!;
    await api.apply(path, larger, { manager: "kubectl" });
    expect(await said(declared)).toContain("a volume never shrinks");
    const handlings = [
      { kind: "PersistentVolumeClaim", field: "spec.resources.requests.storage", action: "leave" as const },
    ];
    expect(inTheWay(await held(declared, cluster, declared, { handlings }))).toEqual([]);
    await api.delete(path);
    await expect.poll(() => api.find(path)).toBeUndefined();
  });

  test("several volumes that cannot become what is declared: all of them, with both sizes", async () => {
    const isClaim = ({ kind }: { readonly kind: string }) => kind === "PersistentVolumeClaim";
    await make(isClaim);
    const all = declared;
    declared = all.map((object) => {
      if (!isClaim(object.manifest)) return object;
      const spec = {
        ...object.manifest.spec,
        resources: { requests: { storage: "1Mi" } },
        storageClassName: "ssd",
      };
      return { ...object, manifest: { ...object.manifest, spec } };
    });
    const lines = (await said(declared))
      .split("\n")
      .filter((line) => line.includes("a volume never shrinks"));
    const claims = declared.filter(({ manifest }) => isClaim(manifest));
    expect(lines).toHaveLength(claims.length);
    expect(lines[0]).toMatch(
      /PersistentVolumeClaim thebot\/\S+: 1Mi is declared, and it has \d+Gi; a volume never shrinks/,
    );
    expect(await said(declared)).toContain("StorageClass ssd is declared, and it is of fast-ssd");
    declared = all.map((object) => {
      if (!isClaim(object.manifest)) return object;
      const spec = { ...object.manifest.spec, resources: { requests: { storage: "2Ti" } } };
      return { ...object, manifest: { ...object.manifest, spec } };
    });
    expect(await said(all)).toMatch(
      /A volume that is there stays as it is.*\n.*thebot\/\S+: 2Ti is declared, and it has \d+Gi: .*[Ff]orbidden/,
    );
    declared = all;
  });

  test("a system that leaves its namespace, with what stays there and both ways on, until config says so", async () => {
    const elsewhere = declared.map(({ manifest, ...object }) => {
      const { name, namespace } = manifest.metadata;
      const metadata = namespace
        ? { namespace: "thebot-old" }
        : { name: name.replace("thebot", "thebot-old") };
      return { ...object, manifest: { ...manifest, metadata: { ...manifest.metadata, ...metadata } } };
    });
    const absent = declared.map(({ manifest, ...object }) => {
      const { name, namespace } = manifest.metadata;
      const metadata = namespace
        ? { namespace: "thebot-new" }
        : { name: name.replace("thebot", "thebot-new") };
      return { ...object, manifest: { ...manifest, metadata: { ...manifest.metadata, ...metadata } } };
    });
    const text = inTheWay(await held(absent, cluster, elsewhere)).join("\n");
    expect(text).toMatch(
      /thebot, from thebot-old to thebot-new; what stays in thebot-old, with its data: .*thebot-media/,
    );
    expect(text).toContain("pulumi config set --path muster:thebot.namespace thebot-old");
    expect(text).toContain("pulumi config set --path muster:thebot.movesFrom thebot-old");
    const meant = await held(absent, cluster, elsewhere, { movesFrom: { thebot: "thebot-old" } });
    expect(inTheWay(meant)).toEqual([]);
    expect(meant.gone).toEqual([]);
    expect(moved(meant)).toContain("thebot, from thebot-old to thebot-new");
  });

  test("a stack that leaves its cluster, which is not taken for one whose objects are gone", async () => {
    const absent = declared.map(({ manifest, ...object }) => ({
      ...object,
      manifest: {
        ...manifest,
        metadata: { ...manifest.metadata, name: `${manifest.metadata.name}-not-there` },
      },
    }));
    const record = [...absent, provider("old")];
    const config = { clusterName: "new" };
    const found = await held(absent, cluster, record, config);
    expect(found.gone).toEqual([]);
    const text = inTheWay(found).join("\n");
    expect(text).toMatch(/cluster, from old to new; what stays in old, with its data: .*thebot-media/);
    expect(text).toContain("pulumi config set --path muster:cluster.name old");
    expect(text).toContain("pulumi config set --path muster:cluster.movesFrom old");
    const meant = await held(absent, cluster, record, { ...config, movesFrom: { cluster: "old" } });
    expect(inTheWay(meant)).toEqual([]);
    expect((await held(absent, cluster, record, { clusterName: "old" })).gone.length).toBeGreaterThan(10);
  });

  test("a cluster that gets another name and stays the same, where nothing is missing", async () => {
    const ofCluster = (name: string) =>
      declared
        .filter(({ manifest }) => manifest.kind === "Namespace")
        .map(({ manifest, ...object }) => {
          const annotations = { ...manifest.metadata.annotations, "muster.dev/cluster": name };
          return { ...object, manifest: { ...manifest, metadata: { ...manifest.metadata, annotations } } };
        });
    const [before, after] = [ofCluster("old"), ofCluster("new")];
    await api.apply(namespace, before[0]!.manifest, { manager: "pulumi-kubernetes-test" });
    const record = [...before, provider("old")];
    const text = inTheWay(await held(after, cluster, record, { clusterName: "new" })).join("\n");
    expect(text).toContain(
      "cluster, from old to new, which are one cluster: every object is deleted and made anew",
    );
    expect(text).toContain("pulumi config set --path muster:cluster.name old");
    expect(inTheWay(await held(before, cluster, record, { clusterName: "old" }))).toEqual([]);
  });

  test("what is being deleted, with what its end waits for, such as the pods that use a claim", async () => {
    const { manifest } = declared.find(({ manifest: { kind } }) => kind === "PersistentVolumeClaim")!;
    const claim = pathOf(cluster.kinds, manifest)!;
    await api.apply(claim, manifest, { manager: "pulumi-kubernetes-test" });
    const volume = { name: "media", persistentVolumeClaim: { claimName: manifest.metadata.name } };
    await api.create(`${namespace}/serviceaccounts`, { metadata: { name: "user" } });
    const { spec } = declared.find(({ manifest: { kind } }) => kind === "Job")!.manifest;
    const user = { ...spec.template.spec, volumes: [volume], initContainers: [], serviceAccountName: "user" };
    user.containers = user.containers.map((each: object) => ({ ...each, volumeMounts: [] }));
    await api.create(`${namespace}/pods`, {
      metadata: { name: "user", finalizers: ["example.com/kept"] },
      spec: user,
    });
    await expect
      .poll(async () => (await api.get(claim)).metadata.finalizers)
      .toContain("kubernetes.io/pvc-protection");
    await api.delete(claim);
    expect(await said(declared)).toMatch(
      new RegExp(
        `PersistentVolumeClaim thebot/${manifest.metadata.name}, since .*: pod user .*; finalizers: kubernetes.io/pvc-protection`,
      ),
    );
    await api.delete(`${namespace}/pods/user`);
    await api.patch(`${namespace}/pods/user`, { metadata: { finalizers: null } });
    await expect.poll(() => api.find(claim)).toBeUndefined();
  });

  test("a Redis in memory that is left, and an image of PostgreSQL that does not read the data that are there", async () => {
    const isServer = ({ kind, metadata }: DeclaredObject["manifest"]) =>
      kind === "StatefulSet" && metadata.name === "thebot-postgres";
    await make(isServer);
    const all = declared.map((object) => {
      if (!isServer(object.manifest)) return object;
      const spec = structuredClone(object.manifest.spec);
      spec.template.spec.containers[0].image = "postgres:99-alpine";
      return { ...object, manifest: { ...object.manifest, spec } };
    });
    const { manifest } = declared.find((each) => each.manifest.kind === "Deployment")!;
    const spec = structuredClone(manifest.spec);
    spec.template.spec.containers[0].command = ["redis-server"];
    const redis = { ...manifest, metadata: { ...manifest.metadata, name: "in-memory" }, spec };
    const path = `/apis/apps/v1/namespaces/thebot/deployments/in-memory`;
    await api.apply(path, redis, { manager: "pulumi-kubernetes-test" });
    const { losses } = await held(all, cluster, declared);
    expect(losses).toEqual([
      expect.stringContaining("Deployment thebot/in-memory is removed, and what it holds in memory with it"),
      expect.stringMatching(
        /StatefulSet thebot\/thebot-postgres becomes postgres:99-alpine, which does not read what /,
      ),
    ]);
    expect((await held(declared, cluster, declared)).losses).toHaveLength(1);
    await api.delete(path);
  });

  test("a Job that runs again of the same image, for something else that has changed", async () => {
    const isJob = ({ manifest }: DeclaredObject) =>
      manifest.kind === "Job" && !manifest.metadata.name.startsWith("smoke");
    const job = declared.find(isJob)!;
    const before = {
      ...job,
      manifest: { ...job.manifest, metadata: { ...job.manifest.metadata, name: "before" } },
    };
    const record = declared.map((each) => (each === job ? before : each));
    const again = `Job thebot/${job.manifest.metadata.name} runs again, of the same image: something else that it runs with has changed`;
    expect((await held(declared, cluster, record)).losses).toEqual([again]);
    // With other resources it keeps its name.
    await make(({ kind, metadata }) => kind === "Job" && metadata.name === job.manifest.metadata.name);
    expect((await held(declared, cluster, declared)).losses).toEqual([]);
    const spec = structuredClone(job.manifest.spec);
    spec.template.spec.containers[0].resources.limits.memory = "77Mi";
    const other = { ...job, manifest: { ...job.manifest, spec } };
    const all = declared.map((each) => (each === job ? other : each));
    expect((await held(all, cluster, declared)).losses).toEqual([again]);
  });

  test("a server that is left while its volume stays, until config says so", async () => {
    const isPostgres = ({ kind, metadata }: DeclaredObject["manifest"]) =>
      kind === "StatefulSet" && metadata.name === "thebot-postgres";
    await make(isPostgres);
    const without = declared.filter(({ manifest }) => !isPostgres(manifest));
    const text = inTheWay(await held(without, cluster, declared)).join("\n");
    expect(text).toContain(
      "StatefulSet thebot/thebot-postgres is removed; data-thebot-postgres-0 stays, with its data",
    );
    expect(text).toContain("pulumi config set --path 'muster:thebot.leaves[0]' thebot-postgres");
    const meant = await held(without, cluster, declared, { leaves: { thebot: ["thebot-postgres"] } });
    expect(inTheWay(meant)).toEqual([]);
    expect(moved(meant)).toContain("StatefulSet thebot/thebot-postgres is removed");
    expect(inTheWay(await held(declared, cluster, declared))).toEqual([]);
  });
});
