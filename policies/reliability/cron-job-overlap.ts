import { kubernetes } from "../references";
import type { Rule } from "../rule";

export const cronJobOverlap: Rule = {
  id: "cron-job-overlap",
  title:
    "A CronJob must not start again while it still runs: Jobs that take longer than their interval would pile up.",
  severity: "medium",
  references: [
    kubernetes("CronJob: Concurrency policy", "concepts/workloads/controllers/cron-jobs/#concurrency-policy"),
  ],
  mend: "Set concurrencyPolicy: Forbid, or Replace.",
  checkObject({ kind, body, isBuiltIn }, report) {
    if (kind !== "CronJob" || !isBuiltIn) return;
    const field = body.at("spec", "concurrencyPolicy");
    if (field.isNot("Forbid", "Replace")) report(field);
  },
};
