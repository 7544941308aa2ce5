import type { Field } from "../field";
import { cis, nsa } from "../references";
import type { Rule } from "../rule";
import type { Stack } from "../stack";
import type { Workload } from "../workload";

export const tokenNeeded: Rule = {
  id: "token-needed",
  title: "A token for the API server may have only who has rights there, as an account of its own.",
  severity: "high",
  references: [
    cis("5.1.5", "Ensure that default service accounts are not actively used"),
    cis("5.1.6", "Ensure that Service Account Tokens are only mounted where necessary"),
    nsa("Disabling unnecessary service account tokens"),
  ],
  mend: "Set automountServiceAccountToken: false; or give the pod a ServiceAccount of its own, and bind a Role to it.",
  checkStack(stack, report) {
    for (const workload of stack.workloads) {
      const { object, pod } = workload;
      const token = tokenOf(workload);
      if (!token) continue;
      const account = pod.spec.at("serviceAccountName");
      if (token.isUnknown) report(object, token);
      else if (account.isUnknown) report(object, account);
      else if ((account.text ?? "default") === "default")
        report(object, token, "it is of the account that all share");
      else if (!isBound(stack, object.namespace, account.text!))
        report(object, token, `no role is bound to ${account.text}`);
    }
  },
};

/** What gives a pod a token for the API server: its own setting, or a volume. That it says nothing is another rule's. */
function tokenOf({ pod }: Workload): Field | undefined {
  const setting = pod.spec.at("automountServiceAccountToken");
  if (setting.value === true || setting.isUnknown) return setting;
  return (
    pod.spec
      .at("volumes")
      .items()
      .flatMap((volume) => volume.at("projected", "sources").items())
      .map((source) => source.at("serviceAccountToken"))
      // With an audience it is for somebody else.
      .find((source) => source.isSet && !source.at("audience").isSet)
  );
}

function isBound(stack: Stack, namespace: string, account: string): boolean {
  return stack.objectsOf("RoleBinding", "ClusterRoleBinding").some((binding) =>
    binding.body
      .at("subjects")
      .items()
      .some(
        (subject) =>
          subject.isUnknown ||
          (subject.at("kind").value === "ServiceAccount" &&
            [account, undefined].includes(subject.at("name").text) &&
            (subject.at("namespace").text ?? binding.namespace) === namespace),
      ),
  );
}
