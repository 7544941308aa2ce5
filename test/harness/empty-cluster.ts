import { setTimeout } from "node:timers/promises";
import { kubernetes } from "./kubernetes";

/** Removes from the test cluster what a stack makes outside of its state: its namespaces, and its admission policies. */
export async function emptyCluster(): Promise<void> {
  const api = kubernetes();
  const made = async () =>
    (await api.list("/api/v1/namespaces")).filter(({ metadata }) => !ofKubernetes.test(metadata.name));
  for (const { metadata } of await made())
    await api.delete(`/api/v1/namespaces/${metadata.name}`).catch(() => {});
  for (const kind of ["v1/validating", "v1/mutating"])
    for (const objects of ["admissionpolicybindings", "admissionpolicies"])
      await api.delete(
        `/apis/admissionregistration.k8s.io/${kind}${objects}?labelSelector=app.kubernetes.io/managed-by=muster`,
      );
  while ((await made()).length > 0) await setTimeout(200);
}

const ofKubernetes = /^(default|kube-.*)$/;
