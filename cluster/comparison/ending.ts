import type { KubernetesObject } from "../api-server";
import type { Found } from "./declared-objects";
import { listed, title } from "./in-words";

/** What is being deleted, and what its end waits for. */
export function endingInWords(ending: readonly Found[]): string {
  return listed("This is being deleted; run the same command again when it is gone:", [
    ...ending.map(({ live }) => `${title(live)}, since ${live.metadata.deletionTimestamp}${waitsFor(live)}`),
  ]);
}

/** A namespace says itself what is left in it; anything else is held by its finalizers. */
function waitsFor({ kind, metadata, status }: KubernetesObject): string {
  const finalizers: readonly string[] = metadata.finalizers ?? [];
  const conditions: readonly { status: string; message: string }[] =
    kind === "Namespace" ? (status?.conditions ?? []) : [];
  const said = conditions.filter((each) => each.status === "True").map(({ message }) => message);
  const reasons = [...said, ...(finalizers.length > 0 ? [`finalizers: ${finalizers.join(", ")}`] : [])];
  return reasons.length > 0 ? `: ${reasons.join(" ")}` : "";
}
