import * as pulumi from "@pulumi/pulumi";
import { reasonsFor } from "./namespace-status";

// A roll-out without trouble is over before the first look.
const interval = 3000;

/**
 * While a workload comes up, prints what its pods wait for, as they say it themselves: the provider says no more than
 * that they are not ready. It asks through kubectl, which goes to the same cluster as the stack.
 */
export function rolloutWatch(context?: string): {
  readonly start: pulumi.ResourceHook;
  readonly stop: pulumi.ResourceHook;
} {
  const watches = new Map<pulumi.URN, NodeJS.Timeout>();
  const start = new pulumi.ResourceHook("rollout-start", ({ urn, newInputs }) => {
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
  const stop = new pulumi.ResourceHook("rollout-stop", ({ urn }) => clearInterval(watches.get(urn)));
  return { start, stop };
}
