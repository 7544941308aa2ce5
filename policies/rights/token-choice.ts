import { cis, nsa } from "../references";
import type { Rule } from "../rule";

export const tokenChoice: Rule = {
  id: "token-choice",
  title: "A pod must say whether it talks to the API server: unasked, Kubernetes gives every pod a token.",
  severity: "medium",
  references: [
    cis("5.1.6", "Ensure that Service Account Tokens are only mounted where necessary"),
    nsa("Disabling unnecessary service account tokens"),
  ],
  mend: "Set automountServiceAccountToken: false on the pod; true where it calls the API server.",
  remedy: { of: "pod", path: "automountServiceAccountToken", value: false },
  requires: [{ of: "pod", path: "automountServiceAccountToken", accepts: [true, false] }],
};
