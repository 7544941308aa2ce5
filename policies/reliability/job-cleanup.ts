import type { Field } from "../field";
import { kubernetes } from "../references";
import type { Rule } from "../rule";

export const jobCleanup: Rule = {
  id: "job-cleanup",
  title: "A Job must be removed some time after its end: thousands of them slow down the whole cluster.",
  severity: "low",
  references: [
    kubernetes("Automatic Cleanup for Finished Jobs", "concepts/workloads/controllers/ttlafterfinished/"),
  ],
  mend: "Set ttlSecondsAfterFinished.",
  checkObject({ kind, body, source, isBuiltIn, metadata }, report) {
    if (kind !== "Job" || !isBuiltIn) return;
    // Pulumi removes the Jobs that it made, and takes one that is gone for one that has to run again.
    const isOfPulumi = source === "pulumi" || isManagedByPulumi(metadata);
    if (isOfPulumi && !metadata.at("generateName").isSet) return;
    // A hook of a chart that Helm removes once it has succeeded.
    const annotation = (name: string) => metadata.at("annotations", name);
    const isHook = annotation("helm.sh/hook").isSet;
    if (isHook && annotation("helm.sh/hook-delete-policy").text?.includes("hook-succeeded")) return;
    const field = body.at("spec", "ttlSecondsAfterFinished");
    if (!field.isSet || field.isUnknown) report(field);
  },
};

/** As the API server notes it of a live object, where nothing else tells. */
function isManagedByPulumi(metadata: Field): boolean {
  const managers = metadata.at("managedFields").items();
  return managers.some((each) => each.at("manager").text?.startsWith("pulumi-kubernetes"));
}
