import { expect, test } from "vitest";
import type { ReachedCluster } from "../../cluster/connect";
import { mutatingPolicyApi, notCompleted } from "../../cluster/job-completion";
import { declaredSystems } from "../../systems";
import { configOf, resourcesOf, shippedSystem } from "./shipped-stack";

test.each([
  ["as of Kubernetes 1.36", ["v1"], "admissionregistration.k8s.io/v1"],
  ["where v1beta1 is switched on", ["v1beta1"], "admissionregistration.k8s.io/v1beta1"],
  ["the one without a warning", ["v1beta1", "v1alpha1"], "admissionregistration.k8s.io/v1alpha1"],
  ["the newest of all", ["v1beta1", "v1alpha1", "v1"], "admissionregistration.k8s.io/v1"],
  ["before, by none", [], undefined],
])("Jobs are completed by the API that the cluster serves: %s", (_, versions, api) => {
  expect(mutatingPolicyApi(serving(versions))).toBe(api);
});

test("a cluster that cannot be asked takes nothing away", () => {
  expect(mutatingPolicyApi(undefined)).toBe("admissionregistration.k8s.io/v1");
});

test("without it, each dispatcher has a line that says what its image has to do", () => {
  const systems = declaredSystems(configOf("prod")).map(({ declared }) => declared);
  const lines = notCompleted(systems);
  expect(lines.map((line) => line.split(":")[0])).toEqual(["agentsmith", "vomeet-bot"]);
  for (const line of lines) {
    expect(line).toContain("/etc/muster/job-template/job.json");
    expect(line).not.toContain("\n");
  }
});

test("a dispatcher's Jobs alone are completed, and those of its own account", async () => {
  const system = shippedSystem("prod", "agentsmith");
  const policies = (await resourcesOf(system, "prod"))
    .map(({ inputs }) => inputs)
    .filter(({ kind }) => kind === "MutatingAdmissionPolicy");
  expect(policies).toMatchObject([
    {
      spec: {
        matchConditions: [
          { expression: 'request.userInfo.username == "system:serviceaccount:agentsmith:dispatcher"' },
        ],
        matchConstraints: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "agentsmith" } },
          resourceRules: [{ apiGroups: ["batch"], resources: ["jobs"], operations: ["CREATE"] }],
        },
      },
    },
  ]);
});

function serving(versions: readonly string[]): ReachedCluster {
  const collection = ({ apiVersion }: { apiVersion: string }) =>
    versions.some((version) => apiVersion === `admissionregistration.k8s.io/${version}`)
      ? `/apis/${apiVersion}/mutatingadmissionpolicies`
      : undefined;
  return { kinds: { collection } } as unknown as ReachedCluster;
}
