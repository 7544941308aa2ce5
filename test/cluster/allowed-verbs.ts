import { expect } from "vitest";
import { kubernetes } from "../harness/kubernetes";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** All that a service account (`namespace:name`) may do in a namespace, by the API server's own list of its rules. */
export async function allowedVerbs(account: string, namespace: string): Promise<string[]> {
  const api = kubernetes({ asServiceAccount: account });
  const { status } = await api.create("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    spec: { namespace },
  });
  expect(status.incomplete).toBe(false);
  const rules: readonly Rule[] = status.resourceRules;
  const all = rules
    // Anybody may ask who he is, and what he may do; service accounts, by what servers' certificates are checked.
    .filter(({ apiGroups }) => !apiGroups.every((group) => /^auth(entic|oriz)ation\.k8s\.io$/.test(group)))
    .filter(({ resources }) => String(resources) !== "clustertrustbundles")
    .flatMap(({ resources, resourceNames, verbs }) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => [resource, ...(resourceNames ?? []), verb].join(" ")),
      ),
    );
  return [...new Set(all)].sort();
}
