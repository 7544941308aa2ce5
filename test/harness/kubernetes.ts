import { Kubernetes } from "../../tools/kubernetes";
import { testKubeconfig } from "./cluster";

export type { KubernetesObject } from "../../tools/kubernetes";
export type { TestKubernetes as Kubernetes };

/** A kind of object, or a part of one such as `pods/log`, as roles name it. */
export interface Resource {
  readonly group: string;
  readonly name: string;
}

/** The test cluster's API server, asked as its administrator or as a service account (`namespace:name`). */
export function kubernetes({
  asServiceAccount,
}: {
  readonly asServiceAccount?: string;
} = {}): TestKubernetes {
  const headers: Record<string, string> = asServiceAccount
    ? { "Impersonate-User": `system:serviceaccount:${asServiceAccount}` }
    : {};
  return new TestKubernetes(testKubeconfig(), headers);
}

class TestKubernetes extends Kubernetes {
  /** Every resource that the API server has in a group; "" is the core group. */
  async resources(group: string): Promise<Resource[]> {
    const path = group === "" ? "/api/v1" : `/apis/${group}/${await this.preferredVersion(group)}`;
    const { resources } = await this.get(path);
    return resources.map(({ name }: { name: string }) => ({ group, name }));
  }

  /** Whether a service account (`namespace:name`) may do this, by the API server's own answer. */
  async may(
    account: string,
    namespace: string,
    { group, name, verb }: Resource & { verb: string },
  ): Promise<boolean> {
    const [resource, subresource] = name.split("/");
    const { status } = await this.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: `system:serviceaccount:${account}`,
        groups: [
          `system:serviceaccounts:${account.split(":")[0]}`,
          "system:serviceaccounts",
          "system:authenticated",
        ],
        resourceAttributes: { namespace, group, resource, subresource, verb },
      },
    });
    return status.allowed;
  }

  private async preferredVersion(group: string): Promise<string> {
    return (await this.get(`/apis/${group}`)).preferredVersion.version;
  }
}
