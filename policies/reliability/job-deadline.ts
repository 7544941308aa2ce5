import type { Field } from "../field";
import type { KubernetesObject } from "../kubernetes-object";
import { kubernetes } from "../references";
import type { Rule } from "../rule";

export const jobDeadline: Rule = {
  id: "job-deadline",
  title:
    "What is there to end must end: a Job that hangs would hold its resources, and the next of its kind, for ever.",
  severity: "medium",
  references: [
    kubernetes(
      "Jobs: Job termination and cleanup",
      "concepts/workloads/controllers/job/#job-termination-and-cleanup",
    ),
  ],
  mend: "Set activeDeadlineSeconds, on the Job or on its pods.",
  checkObject(object, report) {
    const spec = jobSpec(object);
    // Pods made from a PodTemplate that do not restart are those of Jobs, which nothing else here describes.
    const pod = spec ? spec.at("template", "spec") : templateOfJobs(object);
    if (!pod) return;
    const fields = [...(spec ? [spec] : []), pod].map((each) => each.at("activeDeadlineSeconds"));
    const field = fields.find(({ isSet }) => isSet) ?? fields[0]!;
    if (!field.isSet || field.isUnknown) report(field);
  },
};

/** What a Job asks for, on its own or each time that a CronJob makes one. */
export function jobSpec({ kind, body, isBuiltIn }: KubernetesObject): Field | undefined {
  if (!isBuiltIn) return undefined;
  if (kind === "Job") return body.at("spec");
  return kind === "CronJob" ? body.at("spec", "jobTemplate", "spec") : undefined;
}

function templateOfJobs({ kind, body, isBuiltIn }: KubernetesObject): Field | undefined {
  const pod = body.at("template", "spec");
  const ends = ["Never", "OnFailure"].includes(pod.at("restartPolicy").text ?? "");
  return kind === "PodTemplate" && isBuiltIn && ends ? pod : undefined;
}
