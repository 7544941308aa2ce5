import type { Kubernetes } from "../harness/kubernetes";

/** The values of a Secret by key, as its readers get them. */
export async function secretValues(
  api: Pick<Kubernetes, "get">,
  namespace: string,
  name: string,
): Promise<Record<string, string>> {
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  const decoded = Object.entries<string>(data).map(([key, value]) => [
    key,
    Buffer.from(value, "base64").toString(),
  ]);
  return Object.fromEntries(decoded);
}

/** Whether a service account (`namespace:name`) may read this one Secret, by the API server's own answer. */
export async function mayGetSecret(
  api: Kubernetes,
  account: string,
  namespace: string,
  secret?: string,
): Promise<boolean> {
  const { status } = await api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: `system:serviceaccount:${account}`,
      resourceAttributes: { namespace, resource: "secrets", name: secret, verb: "get" },
    },
  });
  return status.allowed;
}
