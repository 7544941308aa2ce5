import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "./api-server";
import { waitsFor } from "./comparison/ending";
import { title } from "./comparison/in-words";
import { type Recorded, recorded } from "./comparison/record";
import type { ReachedCluster } from "./connect";
import { pathOf } from "./kinds";
import { metadataOnly } from "./status/namespace-objects";

// A deletion without trouble is over before the second look.
const interval = 7000;

/**
 * While an update deletes what is not declared any more, or makes it anew, prints what each deletion waits for: the
 * provider says nothing. Pulumi repeats it at the end. A `destroy` runs no program, and so does not watch.
 */
export function watchDeletions(cluster: ReachedCluster): void {
  const watch = new Watch(cluster);
  // Nobody waits for the watch; while Pulumi deletes, it has this process wait.
  setInterval(() => watch.look(), interval).unref();
}

class Watch {
  private record?: Promise<Recorded>;
  private before: readonly string[] = [];
  private readonly said = new Set<string>();
  private isLooking = false;

  constructor(private readonly cluster: ReachedCluster) {}

  /** Who may not look has nothing to say; without Pulumi there is nobody to say it to. */
  async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const deleted = await this.deleted();
      const lasting = deleted.filter((path) => this.before.includes(path));
      this.before = deleted;
      for (const path of lasting) await this.say(path);
    } catch {
    } finally {
      this.isLooking = false;
    }
  }

  private async say(path: string): Promise<void> {
    const live = await this.cluster.api.find(path);
    if (!live?.metadata.deletionTimestamp) return;
    const words = `${title(live)} is being deleted, and waits for: ${await waitsFor(live, this.cluster)}`;
    // Numbers that fall say nothing new.
    const kind = words.replace(/\d+/g, "");
    if (this.said.has(kind)) return;
    this.said.add(kind);
    await pulumi.log.warn(words);
  }

  /** Paths of what is of the stack and is being deleted. */
  private async deleted(): Promise<string[]> {
    const { api, kinds } = this.cluster;
    this.record ??= recorded().catch((error) => {
      this.record = undefined;
      throw error;
    });
    const places = new Map<string, Set<string>>();
    for (const inputs of (await this.record).values()) {
      const { apiVersion, kind, metadata } = (inputs ?? {}) as Partial<KubernetesObject>;
      if (!apiVersion || !kind || !metadata?.name) continue;
      const path = pathOf(kinds, { apiVersion, kind, metadata });
      if (!path) continue;
      const collection = path.slice(0, path.lastIndexOf("/"));
      places.set(collection, (places.get(collection) ?? new Set()).add(metadata.name));
    }
    const found = await Promise.all(
      [...places].map(async ([collection, names]) => {
        // What may not be listed says nothing; an empty list has null for its items.
        const { items } = await api.get(collection, metadataOnly).catch(() => ({ items: null }));
        return ((items ?? []) as readonly KubernetesObject[])
          .filter(({ metadata }) => metadata.deletionTimestamp && names.has(metadata.name))
          .map(({ metadata }) => `${collection}/${metadata.name}`);
      }),
    );
    return found.flat();
  }
}
