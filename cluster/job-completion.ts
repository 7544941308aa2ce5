import type { SystemGraph } from "../components/declaration";
import { jobTemplatePath } from "../components/dispatcher";
import type { ReachedCluster } from "./connect";

const GROUP = "admissionregistration.k8s.io";

/**
 * The API by which the API server completes the Jobs of dispatchers: from Kubernetes 1.36 on every cluster has it.
 * Undefined where the cluster has none. One that cannot be asked now takes nothing away.
 */
export function mutatingPolicyApi(cluster: Pick<ReachedCluster, "kinds"> | undefined): string | undefined {
  // Of v1beta1 the provider says at every run that it was removed, as other kinds of it were.
  const versions = ["v1", "v1alpha1", "v1beta1"].map((version) => `${GROUP}/${version}`);
  if (!cluster) return versions[0];
  return versions.find((apiVersion) =>
    cluster.kinds.collection({ apiVersion, kind: "MutatingAdmissionPolicy" }),
  );
}

/** What the images of dispatchers have to do where no API server does it, in words. */
export function notCompleted(systems: readonly SystemGraph[]): string[] {
  return systems.flatMap(({ name, workloads }) =>
    workloads.flatMap((workload) =>
      workload.kind === "dispatcher"
        ? `${name}: the cluster does not complete the Jobs that ${workload.name} creates (it serves no MutatingAdmissionPolicy, which Kubernetes has from 1.36 on). Its image has to create them from ${jobTemplatePath}/job.json; others are refused. More: docs/admission.md.`
        : [],
    ),
  );
}
