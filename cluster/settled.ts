import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "./api-server";
import type { ReachedCluster } from "./connect";
import { pathOf } from "./kinds";
import { isRolledOut } from "./status/workload";
import { triedAgain } from "./tried-again";

/**
 * Waits until a controller has come to what an object last asked for. Until then its status is that of before, and the
 * provider may take it for the new one: of a Deployment when what it watches is a moment behind, of a StatefulSet or an
 * ExternalSecret at any time. It asks only where the provider was too early.
 */
export function settled(cluster: ReachedCluster): pulumi.ResourceHook {
  return new pulumi.ResourceHook("settled", async ({ newInputs, newOutputs }) => {
    const { annotations } = newInputs!.metadata;
    const seconds = Number(annotations["pulumi.com/timeoutSeconds"]);
    const deadline = Date.now() + seconds * 1000;
    let object = newOutputs as KubernetesObject;
    const what = `${object.kind} ${newInputs!.metadata.namespace}/${object.metadata.name}`;
    while (!isSettled(object)) {
      if (Date.now() > deadline)
        throw new Error(`${what} is not as asked for after ${seconds} s${saying(object)}`);
      await setTimeout(500);
      try {
        object = await triedAgain(() => cluster.api.get(pathOf(cluster.kinds, object)!));
      } catch (error) {
        await pulumi.log.warn(`${what} was not waited for: ${(error as Error).message}`);
        return;
      }
    }
  });
}

const settledWhen: Readonly<Record<string, (object: KubernetesObject) => boolean>> = {
  Deployment: isRolledOut,
  StatefulSet: isRolledOut,
  // The operator writes the generation in front.
  ExternalSecret: ({ metadata, status }) =>
    status?.syncedResourceVersion?.startsWith(`${metadata.generation}-`) ?? true,
};

function isSettled(object: KubernetesObject): boolean {
  return settledWhen[object.kind]?.(object) ?? true;
}

/** What the controller itself says is wrong. */
function saying({ status }: KubernetesObject): string {
  const wrong = status?.conditions?.find(({ status }: { status: string }) => status === "False");
  return wrong?.message ? `: ${wrong.message}` : "";
}
