import * as pulumi from "@pulumi/pulumi";
import type { ReachedCluster } from "./connect";

type Api = ReachedCluster["api"];

/** Before an update in which an autoscaler and a fixed number of pods take over from each other, lets the old one go. */
export function scaleHandover({ api }: Pick<ReachedCluster, "api">): pulumi.ResourceHook {
  return new pulumi.ResourceHook("scale-handover", async ({ oldInputs, newInputs }) => {
    const { name, namespace } = newInputs!.metadata;
    const before: number | undefined = oldInputs!.spec.replicas;
    const after: number | undefined = newInputs!.spec.replicas;
    if (before === undefined && after !== undefined) await holdAutoscaler(api, namespace, name, after);
    if (before !== undefined && after === undefined) await disownReplicas(api, namespace, name);
  });
}

/** Pulumi deletes it last of all: with its own bounds it may by then have undone the number that takes over. */
async function holdAutoscaler(api: Api, namespace: string, name: string, replicas: number): Promise<void> {
  const autoscalers = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
  const autoscaler = ((await api.list(autoscalers)) as unknown as readonly Autoscaler[]).find(
    ({ spec: { scaleTargetRef } }) => scaleTargetRef.kind === "Deployment" && scaleTargetRef.name === name,
  );
  if (!autoscaler) return;
  const spec = { minReplicas: replicas, maxReplicas: replicas };
  // By a name that the provider takes fields back from: the next change of the autoscaler is no conflict.
  const owner = "fieldManager=pulumi-kubernetes";
  await api.patch(`${autoscalers}/${autoscaler.metadata.name}?${owner}`, { spec });
}

interface Autoscaler {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly scaleTargetRef: { readonly kind: string; readonly name: string } };
}

/**
 * A field that its owner no longer applies goes back to its default, one pod. One that nobody owns stays as it is, and
 * what the autoscaler sets is then in nobody's way.
 */
async function disownReplicas(api: Api, namespace: string, name: string): Promise<void> {
  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const { metadata } = await api.get(deployment);
  const patch = (metadata.managedFields as readonly ManagedFields[]).flatMap(
    ({ manager, fieldsV1 }, index) =>
      "f:replicas" in (fieldsV1["f:spec"] ?? {})
        ? [
            { op: "test", path: `/metadata/managedFields/${index}/manager`, value: manager },
            { op: "remove", path: `/metadata/managedFields/${index}/fieldsV1/f:spec/f:replicas` },
          ]
        : [],
  );
  if (patch.length > 0) await api.edit(deployment, patch);
}

/** Which fields of an object one manager owns. */
interface ManagedFields {
  readonly manager: string;
  readonly fieldsV1: { readonly "f:spec"?: object };
}
