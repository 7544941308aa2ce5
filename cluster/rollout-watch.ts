import * as pulumi from "@pulumi/pulumi";
import type { ReachedCluster } from "./connect";
import { lastWordsInWords, reasonsInWords } from "./status/in-words";
import { withLastWords } from "./status/last-words";
import { namespaceObjects, podKinds } from "./status/namespace-objects";
import { workloadStatus } from "./status/workload";

// A roll-out without trouble is over before the first look.
const interval = 3000;

/** Hooks around the making or changing of a workload. */
export interface RolloutWatch {
  readonly start: pulumi.ResourceHook;
  readonly stop: pulumi.ResourceHook;
}

/**
 * While a workload comes up, prints what its pods wait for, as they say it themselves, and how its containers failed:
 * the provider says no more than that they are not ready.
 */
export function rolloutWatch({ api }: Pick<ReachedCluster, "api">): RolloutWatch {
  const watches = new Map<pulumi.URN, Watch>();
  const start = new pulumi.ResourceHook("rollout-start", ({ urn, newInputs }) => {
    const { name, namespace } = newInputs!.metadata;
    watches.set(urn, new Watch(name, namespace, api));
  });
  const stop = new pulumi.ResourceHook("rollout-stop", ({ urn }) => watches.get(urn)?.stop());
  return { start, stop };
}

class Watch {
  private readonly said = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly name: string,
    private readonly namespace: string,
    private readonly api: ReachedCluster["api"],
  ) {
    // Nobody waits for the watch.
    this.timer = setInterval(() => this.look(), interval).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Who may not look has nothing to say; without Pulumi there is nobody to say it to. */
  private async look(): Promise<void> {
    try {
      const news = await this.news();
      if (news.length > 0) await pulumi.log.warn(`${this.namespace}/${this.name} waits:\n${news.join("\n")}`);
    } catch {}
  }

  private async news(): Promise<string[]> {
    const objects = await namespaceObjects(this.api, this.namespace, podKinds);
    const found = objects
      .of("Deployment", "StatefulSet", "Job")
      .find(({ metadata }) => metadata.name === this.name);
    if (found === undefined) return [];
    const [status] = await withLastWords([workloadStatus(found, objects)], this.api, this.namespace);
    const isNew = (what: string) => !this.said.has(what) && Boolean(this.said.add(what));
    return [
      ...reasonsInWords(status!, isNew),
      // Pods of one kind fail alike, and again and again.
      ...status!.lastWords
        .filter(({ container, exitCode }) => isNew(`${container} ${exitCode}`))
        .flatMap(lastWordsInWords),
    ];
  }
}
