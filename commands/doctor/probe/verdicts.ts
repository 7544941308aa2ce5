import type { Finding } from "../finding";
import { names } from "./probed-system";

/** How the pod of a probe ended. */
export interface Outcome {
  /** Undefined where it did not end in time. */
  readonly exitCode?: number;
  readonly node?: string;
  /** Where it did not end: what the cluster says of it. */
  readonly because?: string;
}

/** By the name of the probe. */
export type Outcomes = Readonly<Record<string, Outcome>>;

/** What follows from how the probes ended. */
export function verdicts(outcomes: Outcomes, classes: readonly (string | undefined)[]): Finding[] {
  const { [names.user]: user = {}, [names.stranger]: stranger = {} } = outcomes;
  // Without one that answers, nothing tells who is stopped.
  const { because } = outcomes[names.answering] ?? {};
  const nobody = because && `nobody answered: ${because}`;
  return [
    nobody && user.exitCode !== 0 ? notSeen(dns, nobody) : edge(user),
    nobody ? notSeen(stops, nobody) : policy(user, stranger),
    ...classes.map((storageClass, index) => {
      const [a, b] = names.sharing(index);
      return volume(storageClass ?? "the cluster's default", outcomes[a] ?? {}, outcomes[b] ?? {});
    }),
  ];
}

const dns = "whether DNS answers through the policies";
const stops = "whether a NetworkPolicy stops traffic";

const plugin =
  "Choose one that enforces NetworkPolicies, such as Calico or Cilium: docs/clusters.md says for each kind of cluster.";

function edge({ exitCode, because }: Outcome): Finding {
  switch (exitCode) {
    case 0:
      return { what: "DNS answers through the policies, and where an edge is declared the network is open" };
    case 6:
      return {
        what: "DNS does not answer through the policies",
        mend: "Say where pods ask for names: muster:cluster.network.dns. kubectl get pods -A -l k8s-app=kube-dns -o wide",
      };
    case undefined:
      return notSeen(dns, because);
    default:
      return {
        what: "DNS answers through the policies, but what an edge opens stays closed",
        mend: `A policy of others bounds the whole cluster, or the network plugin does not take Muster's. ${plugin}`,
      };
  }
}

function policy(user: Outcome, { exitCode, because }: Outcome): Finding {
  switch (exitCode) {
    case 0:
      return {
        what: "a NetworkPolicy stops nothing: whatever runs in the cluster reaches everything",
        mend: plugin,
      };
    case 7:
    case 28:
      // What is closed to everybody tells nothing.
      if (user.exitCode === 0) return { what: "a NetworkPolicy stops what no edge opens" };
      return notSeen(stops, closed);
    case undefined:
      return notSeen(stops, user.exitCode === 0 ? because : closed);
    default:
      return notSeen(
        stops,
        `who may not ask neither got through nor was stopped five times in a row (exit code ${exitCode})`,
      );
  }
}

const closed = "not even what may ask got through";

function volume(storageClass: string, a: Outcome, b: Outcome): Finding {
  const what = `StorageClass ${storageClass}`;
  const mend = `Name one for shared volumes that does, such as of NFS or CephFS, or in a cloud of EFS, Filestore or Azure Files: muster:<system>… storageClass.`;
  const codes = [a.exitCode, b.exitCode];
  if (codes.includes(2))
    return { what: `${what} gives a volume that a pod of its own user and group may not write to`, mend };
  if (codes.includes(1))
    return {
      what: `${what} gives ReadWriteMany by name alone: what one pod wrote, another did not see`,
      mend,
    };
  if (codes.some((code) => code !== 0))
    return notSeen(`whether ${what} gives ReadWriteMany`, a.because ?? b.because);
  return a.node === b.node
    ? { what: `${what}: two pods on one node (${a.node}) share a volume; another node was not tried` }
    : { what: `${what} gives ReadWriteMany: pods on ${a.node} and ${b.node} share a volume` };
}

function notSeen(what: string, because = "its pod did not end in time"): Finding {
  return { what: `${what} was not seen`, mend: `${because}. Then: the same command again.` };
}
