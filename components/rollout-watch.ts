import * as pulumi from "@pulumi/pulumi";
import { namespaceStatus, reasonsOf } from "./namespace-status";

// A roll-out without trouble is over before the first look.
const interval = 3000;

/**
 * While a workload is rolled out, prints what its pods wait for, as they say it themselves: the provider says no more
 * than that they are not ready. It asks through kubectl, which goes to the same cluster as the stack.
 */
export function rolloutWatch(name: string, context?: string): pulumi.ResourceHookBinding {
  const watches = new Map<pulumi.URN, NodeJS.Timeout>();
  const start = new pulumi.ResourceHook(`${name}-start`, ({ urn, newInputs }) => {
    const { name, namespace } = newInputs?.metadata ?? {};
    const said = new Set<string>();
    const look = async () => {
      const { workloads } = await namespaceStatus(namespace, context);
      const reasons = reasonsOf(workloads.find((workload) => workload.name === name));
      const news = reasons.filter((reason) => !said.has(reason));
      for (const reason of news) said.add(reason);
      if (news.length > 0) pulumi.log.warn(`${namespace}/${name} waits:\n${news.join("\n")}`);
    };
    // Without kubectl there is nothing to say; and nobody waits for the watch.
    watches.set(urn, setInterval(() => look().catch(() => {}), interval).unref());
  });
  const stop = new pulumi.ResourceHook(`${name}-stop`, ({ urn }) => clearInterval(watches.get(urn)));
  return { beforeCreate: [start], beforeUpdate: [start], afterCreate: [stop], afterUpdate: [stop] };
}
