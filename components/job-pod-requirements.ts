import type * as k8s from "@pulumi/kubernetes";
import { everyContainer, list, map, oneOf, type Requirement, text } from "./admission-requirement";
import type { Toleration } from "./pod-template";

// What the API server asks of the pods of a dispatcher's Job, by the pod of the template.

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Amounts = Readonly<Record<string, string>>;

/** Who it is: the template's service account without a token, and no pull Secrets but the template's. */
export function identity(pod: PodSpec): readonly Requirement[] {
  const account = "variables.pod.?serviceAccountName.orValue('default')";
  const pulled = (pod.imagePullSecrets as { name: string }[]).map(({ name }) => name);
  return [
    {
      id: "service-account",
      field: "spec.template.spec.serviceAccountName",
      holds: `${account} == ${text(pod.serviceAccountName as string)}`,
      found: account,
      allowed: pod.serviceAccountName as string,
    },
    {
      id: "token",
      field: "spec.template.spec.automountServiceAccountToken",
      holds: "!variables.pod.?automountServiceAccountToken.orValue(true)",
      found: "'true, or not set'",
      allowed: "false",
    },
    {
      id: "pull-secrets",
      field: "spec.template.spec.imagePullSecrets",
      holds: `variables.pod.?imagePullSecrets.orValue([]).all(s, s.name in ${list(pulled)})`,
      found: "variables.pod.imagePullSecrets.map(s, s.name).join(', ')",
      allowed: oneOf(pulled),
    },
  ];
}

/** The template's volumes, and empty directories with a bound. */
export function volumes(pod: PodSpec): readonly Requirement[] {
  const declared = (pod.volumes ?? []) as k8s.types.input.core.v1.Volume[];
  const named = (source: (volume: k8s.types.input.core.v1.Volume) => unknown) =>
    declared.flatMap((volume) => (source(volume) as string | undefined) ?? []);
  const configMaps = named(({ configMap }) => (configMap as { name?: string } | undefined)?.name);
  const secrets = named(({ secret }) => (secret as { secretName?: string } | undefined)?.secretName);
  const claims = named(
    (volume) => (volume.persistentVolumeClaim as { claimName?: string } | undefined)?.claimName,
  );
  const one = [
    "(has(v.emptyDir) && has(v.emptyDir.sizeLimit))",
    `(has(v.configMap) && v.configMap.name in ${list(configMaps)})`,
    `(has(v.secret) && v.secret.secretName in ${list(secrets)})`,
    `(has(v.persistentVolumeClaim) && v.persistentVolumeClaim.claimName in ${list(claims)})`,
  ].join(" || ");
  return [
    {
      id: "volumes",
      field: "spec.template.spec.volumes",
      holds: `variables.volumes.all(v, ${one})`,
      found: `variables.volumes.filter(v, !(${one})).map(v, v.name).join(', ')`,
      allowed: `emptyDir with a sizeLimit; ConfigMaps: ${oneOf(configMaps)}; Secrets: ${oneOf(secrets)}; claims: ${oneOf(claims)}`,
    },
  ];
}

/** Variables are free, except those that come from a Secret or ConfigMap. */
export function environment({
  env = [],
  envFrom = [],
}: k8s.types.input.core.v1.Container): readonly Requirement[] {
  type From = { secretKeyRef?: Ref; configMapKeyRef?: Ref; secretRef?: Ref; configMapRef?: Ref };
  type Ref = { name: string; key: string };
  const variables = (env as { valueFrom?: From }[]).map(({ valueFrom }) => valueFrom ?? {});
  const wholes = envFrom as From[];
  const reference = (kind: keyof From, wanted: readonly string[], by: string) =>
    `(!has(e.${kind}) || ${by} in ${list(wanted)})`;
  const keys = variables.flatMap(({ secretKeyRef }) =>
    secretKeyRef ? `${secretKeyRef.name}/${secretKeyRef.key}` : [],
  );
  const whole = wholes.flatMap(({ secretRef }) => secretRef?.name ?? []);
  const files = wholes.flatMap(({ configMapRef }) => configMapRef?.name ?? []);
  const key = "e.valueFrom.secretKeyRef.name + '/' + e.valueFrom.secretKeyRef.key";
  const fromKey = `(!has(e.valueFrom) || ((!has(e.valueFrom.secretKeyRef) || ${key} in ${list(keys)}) && (!has(e.valueFrom.configMapKeyRef) || e.valueFrom.configMapKeyRef.name in ${list(files)})))`;
  const fromWhole = [
    reference("secretRef", whole, "e.secretRef.name"),
    reference("configMapRef", files, "e.configMapRef.name"),
  ].join(" && ");
  return [
    everyContainer({
      id: "secrets",
      field: "spec.template.spec.containers[*].env",
      holds: `c.?env.orValue([]).all(e, ${fromKey})`,
      foundIn: `c.env.filter(e, !${fromKey}).map(e, e.name).join(', ')`,
      allowed: `any value; of Secrets ${oneOf(keys)}`,
    }),
    everyContainer({
      id: "secrets",
      field: "spec.template.spec.containers[*].envFrom",
      holds: `c.?envFrom.orValue([]).all(e, ${fromWhole})`,
      foundIn: `c.envFrom.filter(e, !(${fromWhole})).map(e, has(e.secretRef) ? e.secretRef.name : e.configMapRef.name).join(', ')`,
      allowed: oneOf([...whole, ...files]),
    }),
  ];
}

/** Both sides of its resources within the limits of the template, of which each is set. */
export function limits(bounds: Amounts): readonly Requirement[] {
  const most = Object.entries(bounds).map(([name, amount]) => `${name} ${amount}`);
  const all = `${list(Object.keys(bounds))}.all(r, r in c.?resources.?limits.orValue({}))`;
  return [
    // Of the whole pod: they would take the place of those of its container.
    ...["resources", "resourceClaims"].map((name) => ({
      id: "limits",
      field: `spec.template.spec.${name}`,
      holds: `!has(variables.pod.${name})`,
      found: "'set'",
      allowed: "not set",
    })),
    everyContainer({
      id: "limits",
      field: "spec.template.spec.containers[*].resources.limits",
      holds: `${all} && ${within("limits", bounds)}`,
      foundIn: amounts("limits"),
      allowed: `at most ${most.join(", ")}, each set, and nothing else`,
    }),
  ];
}

function amounts(side: "requests" | "limits"): string {
  const all = `c.?resources.?${side}.orValue({})`;
  return `${all}.map(r, r + ' ' + string(${all}[r])).join(', ')`;
}

function within(side: "requests" | "limits", bounds: Amounts): string {
  const all = `c.?resources.?${side}.orValue({})`;
  const bound = map(bounds);
  return `${all}.all(r, r in ${bound} && quantity(${all}[r]).compareTo(quantity(${bound}[r])) <= 0)`;
}

/** Where it runs, and with what priority: as the operator has said for the template. */
export function placement({
  nodeSelector,
  tolerations = [],
  priorityClassName,
}: PodSpec): readonly Requirement[] {
  const priority = (priorityClassName as string | undefined) ?? "";
  const tolerated = (tolerations as Toleration[]).map(
    ({ key = "", operator = "Equal", value = "", effect = "", tolerationSeconds = -1 }) =>
      [
        `t.?key.orValue('') == ${text(key)}`,
        `t.?operator.orValue('Equal') == ${text(operator)}`,
        `t.?value.orValue('') == ${text(value)}`,
        `t.?effect.orValue('') == ${text(effect)}`,
        `t.?tolerationSeconds.orValue(-1) == ${tolerationSeconds}`,
      ].join(" && "),
  );
  const isTolerated = tolerated.map((each) => `(${each})`).join(" || ") || "false";
  const selected = map((nodeSelector ?? {}) as Amounts);
  const unset = (name: string) => ({
    id: "node",
    field: `spec.template.spec.${name}`,
    holds: `!has(variables.pod.${name})`,
    found: "'set'",
    allowed: "not set",
  });
  const ofTheNode = (name: string) => ({
    id: "host",
    field: `spec.template.spec.${name}`,
    holds: `!variables.pod.?${name}.orValue(false)`,
    found: "'true'",
    allowed: "false",
  });
  return [
    {
      id: "priority",
      field: "spec.template.spec.priorityClassName",
      holds: `variables.pod.?priorityClassName.orValue('') == ${text(priority)}`,
      found: "variables.pod.?priorityClassName.orValue('not set')",
      allowed: priority || "not set",
    },
    // A pod behind a gate has a place, and no deadline, which counts from its start.
    ...["nodeName", "affinity", "runtimeClassName", "schedulingGates"].map(unset),
    {
      id: "node",
      field: "spec.template.spec.nodeSelector",
      holds: `variables.pod.?nodeSelector.orValue({}) == ${selected}`,
      found:
        "variables.pod.?nodeSelector.orValue({}).map(l, l + ' ' + variables.pod.nodeSelector[l]).join(', ')",
      allowed: oneOf(
        Object.entries((nodeSelector ?? {}) as Amounts).map(([label, value]) => `${label} ${value}`),
      ),
    },
    {
      id: "tolerations",
      field: "spec.template.spec.tolerations",
      holds: `variables.pod.?tolerations.orValue([]).all(t, ${isTolerated})`,
      found: `variables.pod.tolerations.filter(t, !(${isTolerated})).map(t, t.?key.orValue('every taint') + ' ' + t.?effect.orValue('of every effect')).join(', ')`,
      allowed: oneOf(
        (tolerations as Toleration[]).map(
          ({ key = "every taint", effect = "of every effect" }) => `${key} ${effect}`,
        ),
      ),
    },
    ...["hostNetwork", "hostPID", "hostIPC"].map(ofTheNode),
  ];
}

/** Of the Pod Security Standard `restricted`, what would otherwise refuse the pod after the Job was taken. */
export const restricted: readonly Requirement[] = [
  [
    "runAsNonRoot",
    "c.?securityContext.?runAsNonRoot.orValue(variables.pod.?securityContext.?runAsNonRoot.orValue(false))",
    "true",
  ],
  [
    "runAsUser",
    "c.?securityContext.?runAsUser.orValue(variables.pod.?securityContext.?runAsUser.orValue(1)) != 0",
    "not 0",
  ],
  [
    "seccompProfile",
    "c.?securityContext.?seccompProfile.?type.orValue(variables.pod.?securityContext.?seccompProfile.?type.orValue('')) in ['RuntimeDefault', 'Localhost']",
    "RuntimeDefault or Localhost",
  ],
  ["allowPrivilegeEscalation", "!c.?securityContext.?allowPrivilegeEscalation.orValue(true)", "false"],
  ["privileged", "!c.?securityContext.?privileged.orValue(false)", "false"],
  [
    "capabilities",
    "'ALL' in c.?securityContext.?capabilities.?drop.orValue([]) && c.?securityContext.?capabilities.?add.orValue([]).all(a, a == 'NET_BIND_SERVICE')",
    "drop: [ALL]",
  ],
  ["readOnlyRootFilesystem", "c.?securityContext.?readOnlyRootFilesystem.orValue(false)", "true"],
].map(([name, holds, allowed]) =>
  everyContainer({
    id: "restricted",
    field: `spec.template.spec.containers[*].securityContext.${name}`,
    holds: holds!,
    foundIn: "c.name + ' without it'",
    allowed: allowed!,
  }),
);
