import type { Field } from "./field";
import { Pod } from "./pod";
import { asksOfPods, makesNoPods } from "./without-pods";

/** Where each of Kubernetes' own kinds holds its pod template, in all of its API versions. */
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

interface DescribedObject {
  readonly group: string;
  readonly kind: string;
  readonly body: Field;
  readonly isBuiltIn: boolean;
  readonly isPatch: boolean;
}

/** The pods that an object describes. */
export function podsOf(object: DescribedObject): Pod[] {
  const { isBuiltIn, kind, body, isPatch } = object;
  // Of kinds that are not Kubernetes' own, only the shape of what they hold is known.
  if (!isBuiltIn) return makesNoPods(object) ? [] : podsWithin(object, body.at("spec"));
  const path = templatePath[kind];
  if (!path) return [];
  const template = body.at(...path);
  return template.isSet ? [new Pod(template.at("metadata"), template.at("spec"), { isPart: isPatch })] : [];
}

/**
 * A template and what has a pod's fields and no others are whole pods: Rollout, LeaderWorkerSet, RayCluster. What has
 * some of its fields among others is the part of one, to which an operator adds the rest: Prometheus, a Tekton step,
 * a Spark driver.
 */
function podsWithin(object: DescribedObject, field: Field): Pod[] {
  const { isPatch } = object;
  if (asksOfPods(object, field)) return [];
  const spec = /template$/i.test(lastKey(field)) ? field.at("spec") : field;
  if (spec !== field && spec.at("containers").isSet)
    return [new Pod(field.at("metadata"), spec, { isPart: isPatch })];
  if (isPodSpec(field)) return [new Pod(field.parent!.at("metadata"), field, { isPart: isPatch })];
  const own = isPart(field) ? [part(field)] : [];
  const inner = [...field.entries().map(([, each]) => each), ...elements(field)];
  return [...own, ...inner.flatMap((each) => podsWithin(object, each))];
}

function lastKey(field: Field): string {
  return String(field.keys.at(-1) ?? "");
}

function elements(field: Field): Field[] {
  return Array.isArray(field.value) ? field.items() : [];
}

function isPodSpec(field: Field): boolean {
  return isNamedList(field.at("containers")) && field.entries().every(([key]) => podSpecFields.has(key));
}

function isNamedList(field: Field): boolean {
  const items = elements(field);
  return items.length > 0 && items.every((item) => item.at("name").isSet);
}

function isPart(field: Field): boolean {
  const keys = field.entries().map(([key]) => key);
  if (keys.includes("image")) return keys.some((key) => containerFields.has(key));
  return keys.some((key) => fieldsOfPodsAlone.has(key));
}

/** Its settings may be those of a pod or those of a container: it is looked at as both. */
function part(field: Field): Pod {
  return new Pod(field.at("podMetadata"), field, { isPart: true, containers: [field] });
}

const fieldsOfPodsAlone = new Set([
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "podSecurityContext",
  "securityContext",
  "volumes",
]);

const containerFields = new Set([
  "args",
  "command",
  "env",
  "envFrom",
  "imagePullPolicy",
  "name",
  "ports",
  "resources",
  "script",
  "securityContext",
  "volumeMounts",
]);

const podSpecFields = new Set([
  "activeDeadlineSeconds",
  "affinity",
  "automountServiceAccountToken",
  "containers",
  "dnsConfig",
  "dnsPolicy",
  "enableServiceLinks",
  "ephemeralContainers",
  "hostAliases",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostUsers",
  "hostname",
  "imagePullSecrets",
  "initContainers",
  "nodeName",
  "nodeSelector",
  "os",
  "overhead",
  "preemptionPolicy",
  "priority",
  "priorityClassName",
  "readinessGates",
  "resourceClaims",
  "resources",
  "restartPolicy",
  "runtimeClassName",
  "schedulerName",
  "schedulingGates",
  "securityContext",
  "serviceAccount",
  "serviceAccountName",
  "setHostnameAsFQDN",
  "shareProcessNamespace",
  "subdomain",
  "terminationGracePeriodSeconds",
  "tolerations",
  "topologySpreadConstraints",
  "volumes",
]);
