import { cis, kubernetes } from "../references";
import type { Rule } from "../rule";
import { among, granted, rulesOf } from "./role";

const verbs = ["escalate", "bind", "impersonate"];
/** Resources, writing which makes one somebody else, or lets one change what others write. */
const resources = [
  "serviceaccounts/token",
  "certificatesigningrequests/approval",
  "certificatesigningrequests/signing",
  "validatingwebhookconfigurations",
  "mutatingwebhookconfigurations",
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
  "mutatingadmissionpolicies",
  "mutatingadmissionpolicybindings",
  "persistentvolumes",
];

export const roleEscalation: Rule = {
  id: "role-escalation",
  title:
    "A role may not let anybody take more rights than it gives: as another, by a token, or past admission.",
  severity: "critical",
  references: [
    cis("5.1.8", "Limit use of the Bind, Impersonate and Escalate permissions in the Kubernetes cluster"),
    cis("5.1.9", "Minimize access to create persistent volumes"),
    cis("5.1.11", "Minimize access to the approval sub-resource of certificatesigningrequests objects"),
    cis("5.1.12", "Minimize access to webhook configuration objects"),
    cis("5.1.13", "Minimize access to the service account token creation"),
    kubernetes(
      "RBAC Good Practices: privilege escalation risks",
      "concepts/security/rbac-good-practices/#privilege-escalation-risks",
    ),
  ],
  mend: "Give the rights themselves that are needed, in a Role of their own.",
  checkObject(object, report) {
    for (const rule of rulesOf(object)) {
      for (const verb of among(rule, "verbs", verbs)) report(verb);
      for (const each of granted(rule, resources, ["create", "update", "patch"])) report(each);
    }
  },
};
