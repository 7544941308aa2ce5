import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeclaredObject } from "../../cluster/comparison/declared-objects";
import { inTheWay, lacking, unchecked } from "../../cluster/comparison/report";
import type { ReachedCluster } from "../../cluster/connect";
import { goInstalled, kueue, serve } from "../harness/custom-resources";
import { kubernetes } from "../harness/kubernetes";
import { configOf } from "../unit/shipped-stack";
import { declaredOf, held, usersCluster } from "./declared-on-cluster";

describe("what the cluster of a user lacks", () => {
  const api = kubernetes();
  const storageClass = "/apis/storage.k8s.io/v1/storageclasses";
  const ingressClasses = "/apis/networking.k8s.io/v1/ingressclasses";
  const roleBindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
  let declared: readonly DeclaredObject[];
  let cluster: ReachedCluster;

  beforeAll(async () => {
    cluster = await usersCluster();
    declared = await declaredOf(configOf("prod"));
  });
  afterAll(async () => {
    for (const path of [`${ingressClasses}/nginx`, `${roleBindings}/viewer`])
      await api.delete(path).catch(() => {});
  });

  test("is said before anything is made, all at once, each with what needs it and the mend", async () => {
    const classes = await Promise.all(
      ["standard", "fast-ssd"].map((name) => api.get(`${storageClass}/${name}`)),
    );
    for (const { metadata } of classes) await api.delete(`${storageClass}/${metadata.name}`);
    const found = await held(declared, cluster);
    for (const { metadata, ...rest } of classes) {
      const { name, annotations } = metadata;
      await api.create(storageClass, { ...rest, metadata: { name, annotations } });
    }
    const [needed] = inTheWay(found);
    for (const line of [
      "IngressClass nginx, for Ingress agentsmith/agentsmith, Ingress thebot/thebot, Ingress wbot/wbot-ingress: install its controller, or name a class that is there at muster:agentsmith.ingress.className",
      "ClusterIssuer letsencrypt-prod of cert-manager, for Ingress agentsmith/agentsmith",
      "StorageClass fast-ssd, for PersistentVolumeClaim rtc-egress/",
      "Namespace vomeet, for Role vomeet/vomeet-bot-prod-secret-store-kubernetes: ",
    ])
      expect(needed).toContain(line);
    expect(lacking(found)).toMatch(
      /the metrics API \(metrics\.k8s\.io\), for HorizontalPodAutoscaler .* and \d more: install metrics-server/,
    );
    expect(lacking(found)).not.toContain("IngressClass");
    // This one is on a port of its own.
    expect(lacking(found)).toMatch(
      /a way to the API server at \S+, for .*Deployment agentsmith\/dispatcher.*: .*apiServer: \{ cidrs: \[\S+\], ports: \[\d+\] \}/,
    );
  });

  test("stops nothing that is there already, and is no more where it has come", async () => {
    const before = await held(declared, cluster, declared);
    expect(inTheWay(before)).toEqual([]);
    expect(lacking(before)).toContain("IngressClass nginx");
    await api.create(ingressClasses, {
      metadata: { name: "nginx" },
      spec: { controller: "k8s.io/ingress-nginx" },
    });
    expect(lacking(await held(declared, cluster, declared))).not.toContain("IngressClass nginx");
  });

  test("a cluster without a default class, where none is named, and with it", async () => {
    const claim = declared.find(({ manifest }) => manifest.kind === "PersistentVolumeClaim")!;
    const { storageClassName, ...spec } = claim.manifest.spec;
    const unnamed = [{ ...claim, manifest: { ...claim.manifest, spec } }];
    expect(inTheWay(await held(unnamed, cluster))).toEqual([]);
    const path = `${storageClass}/standard`;
    const isDefault = (is: boolean) => ({
      metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": `${is}` } },
    });
    await api.patch(path, isDefault(false));
    const [needed] = inTheWay(await held(unnamed, cluster));
    await api.patch(path, isDefault(true));
    expect(needed).toContain("a default StorageClass, for PersistentVolumeClaim");
  });

  test("a pull Secret that is not there, by the command that makes it", async () => {
    const text =
      "config:\n  muster:agentsmith: { imagePullSecrets: [registry], config: stacks/dev/agentsmith.yml }\n";
    const found = await held(await declaredOf(configOf("pulled", text)), cluster);
    expect(lacking(found)).toContain(
      "kubectl create secret docker-registry registry --namespace agentsmith-pulled",
    );
  });

  test("who may only look, as with ClusterRole view, is told what was not checked", async () => {
    await api.create(roleBindings, {
      metadata: { name: "viewer" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "ServiceAccount", namespace: "default", name: "viewer" }],
    });
    const found = await held(declared, await usersCluster("default:viewer"));
    const said = unchecked(found);
    for (const what of ["IngressClass nginx: ", "StorageClass fast-ssd: ", "room on the nodes: "])
      expect(said).toContain(what);
    expect(said).toMatch(/^ *Secrets in ([\w-]+, )*agentsmith,/m);
    expect(found.compared).toBeGreaterThan(80);
  });
});

// The kinds of its release, without the program that acts on them.
describe.skipIf(!goInstalled)("queues of Kueue (needs Go)", () => {
  const api = kubernetes();
  const queued = (queue: string) =>
    declaredOf(
      configOf(
        "queued",
        `config:\n  muster:agentsmith: { spawner: { queue: ${queue} }, config: stacks/dev/agentsmith.yml }\n`,
      ),
    );
  const namespace = "agentsmith-queued";
  const queues = "/apis/kueue.x-k8s.io/v1beta2";
  const clusterQueues = `${queues}/clusterqueues`;
  const localQueue = `${queues}/namespaces/${namespace}/localqueues/team`;
  let served: { stop(): Promise<void> };

  beforeAll(async () => {
    served = await serve(kueue);
    await api.create("/api/v1/namespaces", { metadata: { name: namespace } });
  });
  afterAll(async () => {
    await api.delete(`/api/v1/namespaces/${namespace}`);
    await served.stop();
  });

  test("a queue of the system's own, and the bound on its dispatcher, are taken to the letter", async () => {
    const { kinds } = await usersCluster();
    const objects = (await queued("{}")).map(({ manifest }) => manifest);
    const made = objects.filter(
      ({ apiVersion, kind }) => apiVersion.startsWith("kueue") || kind === "ValidatingAdmissionPolicy",
    );
    expect(made.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["ResourceFlavor", "ClusterQueue", "LocalQueue"]),
    );
    for (const object of made) {
      const { apiVersion, kind, metadata } = object;
      const path = kinds.collection({ apiVersion, kind, namespace: metadata.namespace });
      await api.create(`${path}?dryRun=All&fieldValidation=Strict`, object);
    }
  });

  test("a queue that is named, and is not there, lets nothing go, or has no quota of what a Job asks for", async () => {
    const declared = await queued("{ localQueue: team }");
    const found = async () => inTheWay(await held(declared, await usersCluster())).join();
    const about = `LocalQueue ${namespace}/team of Kueue, for PodTemplate ${namespace}/agent: `;
    expect(await found()).toContain(`${about}make it, or take localQueue out of muster:agentsmith`);
    await api.apply(localQueue, {
      apiVersion: "kueue.x-k8s.io/v1beta2",
      kind: "LocalQueue",
      metadata: { name: "team", namespace },
      spec: { clusterQueue: "team" },
    });
    const resources = [
      { name: "cpu", nominalQuota: "4" },
      { name: "memory", nominalQuota: "256Mi" },
    ];
    const queue = (resources: readonly { name: string; nominalQuota: string }[]) => ({
      apiVersion: "kueue.x-k8s.io/v1beta2",
      kind: "ClusterQueue",
      metadata: { name: "team" },
      spec: {
        namespaceSelector: {},
        resourceGroups: [
          { coveredResources: resources.map(({ name }) => name), flavors: [{ name: "any", resources }] },
        ],
      },
    });
    await api.apply(`${clusterQueues}/team`, queue(resources));
    expect(await found()).toContain("ClusterQueue team has no quota of ephemeral-storage");
    const all = [...resources, { name: "ephemeral-storage", nominalQuota: "10Gi" }];
    await api.apply(`${clusterQueues}/team`, queue(all));
    expect(await found()).toContain("more than ClusterQueue team has at all (memory 512Mi)");
    const enough = all.map((each) => (each.name === "memory" ? { ...each, nominalQuota: "8Gi" } : each));
    await api.apply(`${clusterQueues}/team`, queue(enough));
    expect(await found()).not.toContain("Kueue");
    const active = { type: "Active", status: "False", reason: "Stopped", message: "LocalQueue is stopped" };
    await api.patch(`${localQueue}/status`, {
      status: { conditions: [{ ...active, lastTransitionTime: new Date().toISOString() }] },
    });
    expect(await found()).toContain(`${about}it lets no Job go: LocalQueue is stopped`);
    await api.delete(`${clusterQueues}/team`);
  });
});
