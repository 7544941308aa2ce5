import type { Kubernetes } from "../harness/kubernetes";

const groups = [
  "",
  "apps",
  "batch",
  "rbac.authorization.k8s.io",
  "networking.k8s.io",
  "policy",
  "autoscaling",
];
const verbs = ["create", "get", "list", "watch", "update", "patch", "delete", "deletecollection"];

/** Asks the API server for every verb on every resource that it has: what may this service account (`namespace:name`)? */
export async function allowedVerbs(api: Kubernetes, account: string, namespace: string): Promise<string[]> {
  const resources = (await Promise.all(groups.map((group) => api.resources(group)))).flat();
  const asked = resources.flatMap((resource) => verbs.map((verb) => ({ ...resource, verb })));
  const answers = await Promise.all(
    asked.map(async (question) => ({
      ...question,
      allowed: await api.may(account, namespace, question),
    })),
  );
  return answers
    .filter(({ allowed }) => allowed)
    .map(({ name, verb }) => `${name} ${verb}`)
    .sort();
}
