import * as pulumi from "@pulumi/pulumi";
import { kubectl } from "./kubectl";

/** Before an update in which an autoscaler and a fixed number of pods take over from each other, lets the old one go. */
export function scaleHandover(context?: string): pulumi.ResourceHook {
  return new pulumi.ResourceHook("scale-handover", async ({ oldInputs, newInputs }) => {
    const { name, namespace } = newInputs!.metadata;
    const before: number | undefined = oldInputs!.spec.replicas;
    const after: number | undefined = newInputs!.spec.replicas;
    const ask = async (...args: string[]) => {
      try {
        return await kubectl([...args, "--namespace", namespace], { context });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        throw new Error(
          `${namespace}/${name}: kubectl, which is not on PATH, hands over who says how many pods run`,
        );
      }
    };
    if (before === undefined && after !== undefined) await holdAutoscaler(ask, name, after);
    if (before !== undefined && after === undefined) await disownReplicas(ask, name);
  });
}

type Ask = (...args: string[]) => Promise<string>;

/** Pulumi deletes it last of all: with its own bounds it may by then have undone the number that takes over. */
async function holdAutoscaler(ask: Ask, name: string, replicas: number): Promise<void> {
  const { items } = JSON.parse(await ask("get", "horizontalpodautoscalers", "--output=json"));
  const autoscaler = (items as readonly Autoscaler[]).find(
    ({ spec: { scaleTargetRef } }) => scaleTargetRef.kind === "Deployment" && scaleTargetRef.name === name,
  );
  if (!autoscaler) return;
  const spec = { minReplicas: replicas, maxReplicas: replicas };
  // By a name that the provider takes fields back from: the next change of the autoscaler is no conflict.
  const owner = "--field-manager=pulumi-kubernetes";
  await ask(
    "patch",
    `horizontalpodautoscaler/${autoscaler.metadata.name}`,
    owner,
    "--type=merge",
    `--patch=${JSON.stringify({ spec })}`,
  );
}

interface Autoscaler {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly scaleTargetRef: { readonly kind: string; readonly name: string } };
}

/**
 * A field that its owner no longer applies goes back to its default, one pod. One that nobody owns stays as it is, and
 * what the autoscaler sets is then in nobody's way.
 */
async function disownReplicas(ask: Ask, name: string): Promise<void> {
  const deployment = `deployment/${name}`;
  const { metadata } = JSON.parse(await ask("get", deployment, "--output=json", "--show-managed-fields"));
  const patch = (metadata.managedFields as readonly ManagedFields[]).flatMap(
    ({ manager, fieldsV1 }, index) =>
      "f:replicas" in (fieldsV1["f:spec"] ?? {})
        ? [
            { op: "test", path: `/metadata/managedFields/${index}/manager`, value: manager },
            { op: "remove", path: `/metadata/managedFields/${index}/fieldsV1/f:spec/f:replicas` },
          ]
        : [],
  );
  if (patch.length > 0) await ask("patch", deployment, "--type=json", `--patch=${JSON.stringify(patch)}`);
}

/** Which fields of an object one manager owns. */
interface ManagedFields {
  readonly manager: string;
  readonly fieldsV1: { readonly "f:spec"?: object };
}
