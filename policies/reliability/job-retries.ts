import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { jobSpec } from "./job-deadline";

export const jobRetries: Rule = {
  id: "job-retries",
  title:
    "A Job must say how often it is tried again: by default six times, whatever the first time left behind.",
  severity: "low",
  references: [
    kubernetes(
      "Jobs: Pod backoff failure policy",
      "concepts/workloads/controllers/job/#pod-backoff-failure-policy",
    ),
  ],
  mend: "Set backoffLimit: 0 where it may not run twice.",
  checkObject(object, report) {
    const field = jobSpec(object)?.at("backoffLimit");
    if (field && (!field.isSet || field.isUnknown)) report(field);
  },
};
