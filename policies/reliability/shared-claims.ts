import type { Field } from "../field";
import type { KubernetesObject } from "../kubernetes-object";
import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { leastReplicas } from "../scale";
import type { Stack } from "../stack";
import type { Workload } from "../workload";

export const sharedClaims: Rule = {
  id: "shared-claims",
  title:
    "A volume that one node at a time can mount may be claimed by one pod at a time: a second waits for ever on another node.",
  severity: "high",
  references: [
    kubernetes("Persistent Volumes: Access Modes", "concepts/storage/persistent-volumes/#access-modes"),
  ],
  mend: "Claim it with ReadWriteMany; or have one pod with the strategy Recreate; or a StatefulSet with volumeClaimTemplates.",
  checkStack(stack, report) {
    const users = new Map<KubernetesObject, Workload>();
    for (const workload of stack.workloads) {
      for (const { volume, claim } of singleClaims(stack, workload)) {
        const other = users.get(claim);
        users.set(claim, workload);
        const why = other ? `${other.object.label} claims ${claim.name}, too` : whySecond(stack, workload);
        if (typeof why === "string") report(workload.object, volume, why);
        else if (why) report(workload.object, why);
      }
    }
  },
};

/** The claims of a workload that only one node at a time can mount. */
function singleClaims(stack: Stack, { object, pod }: Workload): { volume: Field; claim: KubernetesObject }[] {
  return pod.spec
    .at("volumes")
    .items()
    .flatMap((each) => {
      const volume = each.at("persistentVolumeClaim", "claimName");
      const claim = stack.find("PersistentVolumeClaim", object.namespace, volume.text ?? "");
      const modes =
        claim?.body
          .at("spec", "accessModes")
          .items()
          .map(({ value }) => value) ?? [];
      const many = modes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany");
      return claim && modes.length > 0 && !many ? { volume, claim } : [];
    });
}

/** Why there may be two of its pods at a time; undefined where there may not, a field where that is not known. */
function whySecond(stack: Stack, workload: Workload): string | Field | undefined {
  const { kind, body } = workload.object;
  if (kind === "DaemonSet") return "there is a pod on each node";
  const least = leastReplicas(stack, workload);
  if (typeof least === "object") return least;
  if (least > 1) return `there are ${least} pods`;
  if (kind !== "Deployment" || body.at("spec", "strategy", "type").value === "Recreate") return undefined;
  const strategy = body.at("spec", "strategy");
  const { value: surge } = strategy.at("rollingUpdate", "maxSurge");
  return surge === 0 || surge === "0%" ? undefined : "a roll-out has the old and the new pod at once";
}
