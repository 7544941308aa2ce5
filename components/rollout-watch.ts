import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { isRolledOut, namespaceStatus, reasonsOf } from "./namespace-status";

// A roll-out without trouble is over before the first look.
const interval = 3000;

/**
 * While a workload is rolled out, prints what its pods wait for, as they say it themselves: the provider says no more
 * than that they are not ready. And waits for a roll-out that the provider takes to be over before it is. It asks
 * through kubectl, which goes to the same cluster as the stack.
 */
export function rolloutWatch(name: string, context?: string): pulumi.ResourceHookBinding {
  const watches = new Map<pulumi.URN, NodeJS.Timeout>();
  const workload = async ({ namespace, name }: { namespace: string; name: string }) =>
    (await namespaceStatus(namespace, context)).workloads.find((each) => each.name === name);

  const start = new pulumi.ResourceHook(`${name}-start`, ({ urn, newInputs }) => {
    const { metadata } = newInputs!;
    const said = new Set<string>();
    const look = async () => {
      const news = reasonsOf(await workload(metadata)).filter((reason) => !said.has(reason));
      for (const reason of news) said.add(reason);
      if (news.length > 0)
        pulumi.log.warn(`${metadata.namespace}/${metadata.name} waits:\n${news.join("\n")}`);
    };
    // Without kubectl there is nothing to say; and nobody waits for the watch.
    watches.set(urn, setInterval(() => look().catch(() => {}), interval).unref());
  });
  const stop = new pulumi.ResourceHook(`${name}-stop`, ({ urn }) => clearInterval(watches.get(urn)));

  // Until the controller comes to an update, the status is the old version's, and the provider may take it for the new
  // one's: of a Deployment when what it watches is a moment behind, of a StatefulSet at any time.
  const finish = new pulumi.ResourceHook(`${name}-finish`, async ({ urn, newInputs, newOutputs }) => {
    const { metadata, spec, status } = newOutputs!;
    const seconds = Number(newInputs!.metadata.annotations["pulumi.com/timeoutSeconds"]);
    const deadline = Date.now() + seconds * 1000;
    try {
      let isDone = isRolledOut({ metadata, spec, status });
      while (!isDone) {
        if (Date.now() > deadline)
          throw new Error(`${metadata.namespace}/${metadata.name} is not rolled out after ${seconds} s`);
        await setTimeout(500);
        isDone = await workload(metadata).then((found) => found?.isDone ?? false, isUnknown);
      }
    } finally {
      clearInterval(watches.get(urn));
    }
  });
  return { beforeCreate: [start], beforeUpdate: [start], afterCreate: [stop], afterUpdate: [finish] };
}

/** An API server that does not answer may do so again; without kubectl nobody can say how it goes on. */
function isUnknown(error: NodeJS.ErrnoException): boolean {
  if (error.code !== "ENOENT") return false;
  pulumi.log.warn("kubectl is not on PATH: whether the new version came up was not waited for");
  return true;
}
