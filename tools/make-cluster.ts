import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { Cluster } from "./cluster";
import { makeFolder } from "./folder";
import { withLock } from "./lock";
import { addNodes } from "./nodes";
import { kubernetesVersion } from "./parts";
import { cache } from "./places";
import { freePorts } from "./ports";
import { say } from "./progress";
import type { Programs } from "./toolchain";

export interface ClusterArgs {
  /** Holds everything of the cluster: its data, certificates, logs and kubeconfig. */
  readonly directory: string;
  /** How many simulated nodes it has at least. */
  readonly nodes: number;
  readonly programs: Programs;
  /** Kinds of kwok's that are objects of the cluster, so that a test can change them. Default: `Stage`. */
  readonly simulated?: readonly string[];
  /** Further flags of the controller-manager, for tests that cannot wait as long as a cluster does. */
  readonly controllerManager?: Readonly<Record<string, string>>;
}

/** Makes the cluster, or starts the one that is in the directory, with its data. */
export async function startCluster(args: ClusterArgs): Promise<Cluster> {
  const { directory, nodes, programs } = args;
  makeFolder(directory);
  return withLock(join(directory, "lock"), "starts this cluster", async () => {
    const cluster = new Cluster(directory, programs);
    if (!cluster.isComplete) {
      await cluster.removeRemains();
      // Its ports are taken by the time it is made: two at once might pick the same.
      await withLock(join(cache, "ports"), "makes a cluster", () => create(cluster, args));
    } else if (!(await cluster.runs())) {
      say("Local cluster: starting it again, with its data");
      await cluster.start();
    }
    if (cluster.version !== kubernetesVersion)
      say(
        `Local cluster: it was made with ${cluster.version || "an older Kubernetes"}. One of ${kubernetesVersion}: npm run stop -- --delete, then the same command again`,
      );
    await addNodes(cluster, nodes);
    return cluster;
  });
}

async function create(
  cluster: Cluster,
  { programs, simulated = ["Stage"], controllerManager = {} }: ClusterArgs,
): Promise<void> {
  const begin = Date.now();
  const [api, etcd, etcdPeer, controllers, scheduler, kwok] = await freePorts(6);
  const config = join(cluster.directory, "kwokctl.yaml");
  const options = {
    runtime: "binary",
    bindAddress: "127.0.0.1",
    kubeVersion: kubernetesVersion,
    enableCRDs: simulated,
    etcdBinary: programs.etcd,
    kubectlBinary: programs.kubectl,
    kubeApiserverBinary: programs["kube-apiserver"],
    kubeControllerManagerBinary: programs["kube-controller-manager"],
    kubeSchedulerBinary: programs["kube-scheduler"],
    kwokControllerBinary: programs.kwok,
    kubeApiserverPort: api,
    etcdPort: etcd,
    etcdPeerPort: etcdPeer,
    kubeControllerManagerPort: controllers,
    kubeSchedulerPort: scheduler,
    kwokControllerPort: kwok,
  };
  const flags = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([key, value]) => ({ key, value }));
  // Each is the only one of its kind: a lease would only end it when the API server is away for ten seconds.
  const alone = { "leader-elect": "false" };
  const componentsPatches = [
    {
      name: "kube-controller-manager",
      // Volumes are real objects that it makes and binds; nothing is ever written to them.
      extraArgs: flags({ ...alone, "enable-hostpath-provisioner": "true", ...controllerManager }),
    },
    { name: "kube-scheduler", extraArgs: flags(alone) },
  ];
  const kwokctl = { apiVersion: "config.kwok.x-k8s.io/v1alpha1", kind: "KwokctlConfiguration" };
  writeFileSync(config, stringify({ ...kwokctl, options, componentsPatches }));
  await cluster.kwokctl("--config", config, "create", "cluster", "--kubeconfig", cluster.kubeconfig);
  await cluster.untilReady();
  const simulation = parseAllDocuments(readFileSync(join(__dirname, "simulation.yaml"), "utf8"));
  for (const object of simulation.map((document) => document.toJS()))
    await cluster.kubernetes.apply(
      `/apis/${object.apiVersion}/${object.kind === "Stage" ? "stages" : "storageclasses"}/${object.metadata.name}`,
      object,
    );
  writeFileSync(join(cluster.directory, "complete"), kubernetesVersion);
  const seconds = ((Date.now() - begin) / 1000).toFixed(1);
  say(`Local cluster: Kubernetes ${kubernetesVersion} at ${cluster.apiServerUrl}, made in ${seconds} s`);
}
