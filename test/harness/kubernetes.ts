import { Kubernetes } from "../../tools/kubernetes";
import { testKubeconfig } from "./cluster";

export type { Kubernetes, KubernetesObject } from "../../tools/kubernetes";

/** The test cluster's API server, asked as its administrator or as a service account (`namespace:name`). */
export function kubernetes({ asServiceAccount }: { readonly asServiceAccount?: string } = {}): Kubernetes {
  const headers: Record<string, string> = asServiceAccount
    ? { "Impersonate-User": `system:serviceaccount:${asServiceAccount}` }
    : {};
  return new Kubernetes(testKubeconfig(), headers);
}
