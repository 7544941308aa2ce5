import { kubectl } from "../../cluster/kubectl";
import { Field } from "../../policies/field";
import { Resource } from "../../policies/resource";
import { Failure } from "../../tools/failure";
import type { Manifest } from "./manifests";

/** What no rule looks at: what the cluster writes for itself, and Secrets, which nobody need read for this. */
const passedOver =
  /^(secrets|events(\..*)?|endpoints|endpointslices\..*|leases\..*|controllerrevisions\..*|.*\.metrics\.k8s\.io|localsubjectaccessreviews.*|bindings)$/;

/** The objects of a namespace that somebody wrote: what a controller made of them is judged in them. */
export async function liveObjects(namespace: string, context?: string): Promise<Manifest[]> {
  const run = (...args: string[]) =>
    kubectl(args, { context }).catch((error: { code?: string; stderr?: string; message: string }) => {
      if (error.code === "ENOENT") throw new Failure("kubectl is not on PATH.");
      throw new Failure(
        `kubectl could not be asked for ${namespace}: ${error.stderr?.trim() || error.message}`,
      );
    });
  const kinds = (await run("api-resources", "--namespaced", "--verbs=list", "--output=name"))
    .split("\n")
    .filter((kind) => kind !== "" && !passedOver.test(kind));
  const { items } = JSON.parse(
    await run("get", kinds.join(","), "--namespace", namespace, "--show-managed-fields", "--output=json"),
  ) as { items: Live[] };
  return items.filter(isWritten).map((item) => ({
    resource: new Resource(`kubernetes:${item.apiVersion}:${item.kind}`, "", new Field(item), "cluster"),
    file: `${item.kind.toLowerCase()}/${item.metadata.name}`,
    lineOf: () => 1,
  }));
}

interface Live {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly ownerReferences?: readonly { controller?: boolean }[];
  };
}

function isWritten({ kind, metadata: { name, ownerReferences = [] } }: Live): boolean {
  if (kind === "ConfigMap" && name === "kube-root-ca.crt") return false;
  return !ownerReferences.some(({ controller }) => controller);
}
