import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeclaredObject } from "../../cluster/comparison/declared-objects";
import { inTheWay, moved } from "../../cluster/comparison/report";
import type { ReachedCluster } from "../../cluster/connect";
import { pathOf } from "../../cluster/kinds";
import { held } from "./declared-on-cluster";
import { api, namespace, type ThebotInPart, thebotInPart } from "./thebot-in-part";

describe("what an update would come to is said before it", () => {
  let declared: readonly DeclaredObject[];
  let cluster: ReachedCluster;
  let make: ThebotInPart["make"];

  beforeAll(async () => {
    ({ declared, cluster, make } = await thebotInPart());
  });
  afterAll(() => api.delete(namespace));

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
    const storageClass = "/apis/storage.k8s.io/v1/storageclasses/fast-ssd";
    await api.patch(storageClass, { allowVolumeExpansion: false });
    // Of a claim that is bound, which the API server's admission learns a moment later, as it does of the class.
    await expect
      .poll(() => said(all))
      .toMatch(
        /A volume that is there stays as it is.*\n.*thebot\/\S+: 2Ti is declared, and it has \d+Gi: .*must support resize/,
      );
    await api.patch(storageClass, { allowVolumeExpansion: true });
    await expect.poll(() => said(all)).toBe("");
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
});
