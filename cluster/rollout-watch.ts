import * as pulumi from "@pulumi/pulumi";
import { reasonsFor } from "./namespace-status";

// A roll-out without trouble is over before the first look.
const interval = 3000;

/**
 * While a workload comes up, prints what its pods wait for, as they say it themselves: the provider says no more than
 * that they are not ready. It asks through kubectl, which goes to the same cluster as the stack.
 */
export function rolloutWatch(
  name: string,
  /** What is waited for after the provider. */
  settled: pulumi.ResourceHook,
  context?: string,
): pulumi.ResourceHookBinding {
  const watches = new Map<pulumi.URN, NodeJS.Timeout>();
  const start = new pulumi.ResourceHook(`${name}-start`, ({ urn, newInputs }) => {
    const { name, namespace } = newInputs!.metadata;
    const said = new Set<string>();
    const look = async () => {
      const reasons = await reasonsFor(name, namespace, context);
      const news = reasons.filter((reason) => !said.has(reason));
      for (const reason of news) said.add(reason);
      if (news.length > 0) await pulumi.log.warn(`${namespace}/${name} waits:\n${news.join("\n")}`);
    };
    // Without kubectl there is nothing to say, without Pulumi nobody to say it to; and nobody waits for the watch.
    watches.set(urn, setInterval(() => look().catch(() => {}), interval).unref());
  });
  const stop = new pulumi.ResourceHook(`${name}-stop`, ({ urn }) => clearInterval(watches.get(urn)));
  const before = [start];
  const after = [settled, stop];
  return { beforeCreate: before, beforeUpdate: before, afterCreate: after, afterUpdate: after };
}
