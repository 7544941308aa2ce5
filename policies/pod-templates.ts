import type { Field } from "./field";
import { Pod } from "./pod";

/** A Kubernetes object, wherever it comes from. */
export interface KubernetesObject {
  /** As in `apps/v1`; `v1` is the core group. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly body: Field;
}

const builtInGroups = new Set(["", "apps", "batch", "extensions"]);

/** Where each kind holds its pod template, in all of its API versions. */
const templatePath: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ["template"],
  ReplicationController: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/** The pods that an object describes, its own or those of the objects in a list. */
export function podsOf({ apiVersion, kind, body }: KubernetesObject): Pod[] {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  // Of kinds that are not Kubernetes' own, only the shape of what they hold is known.
  if (!builtInGroups.has(group)) return templatesWithin(body).map((template) => new Pod(template));
  if (kind.endsWith("List")) {
    const itemKind = kind.slice(0, -"List".length);
    return body
      .at("items")
      .items()
      .flatMap((item) => podsOf({ apiVersion, kind: itemKind, body: item }));
  }
  const path = templatePath[kind];
  if (!path) return [];
  const template = body.at(...path);
  return template.isSet ? [new Pod(template)] : [];
}

/** Whatever is called a template, and has a spec with containers: Rollout, Knative Service, ScaledJob. */
function templatesWithin(field: Field): Field[] {
  return [...field.entries().map(([, inner]) => inner), ...field.items()].flatMap((inner) =>
    /template$/i.test(inner.path) && inner.at("spec", "containers").isSet ? [inner] : templatesWithin(inner),
  );
}
