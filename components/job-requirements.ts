import type * as k8s from "@pulumi/kubernetes";
import { everyContainer, list, map, type Requirement, text } from "./admission-requirement";
import { imageRepository } from "./image";
import { environment, identity, limits, placement, restricted, volumes } from "./job-pod-requirements";
import { queueLabel } from "./job-queue";
import { breakGlass } from "./pod-admission";

/** A Job as its template has it. */
export interface JobManifest {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly backoffLimit: number;
    readonly ttlSecondsAfterFinished: number;
    readonly template: { readonly spec: PodSpec & { readonly activeDeadlineSeconds: number } };
  };
}

type PodSpec = k8s.types.input.core.v1.PodSpec;

/** Parts of a Job that several requirements look at. */
export const jobParts: Readonly<Record<string, string>> = {
  pod: "object.spec.template.spec",
  containers: "object.spec.template.spec.containers + object.spec.template.spec.?initContainers.orValue([])",
  volumes: "object.spec.template.spec.?volumes.orValue([])",
};

/** That a Job is of the kind of its template. */
export function jobRequirements({ metadata, spec }: JobManifest): readonly Requirement[] {
  const pod = spec.template.spec;
  const [main] = pod.containers as k8s.types.input.core.v1.Container[] as [k8s.types.input.core.v1.Container];
  const bounds = (main.resources as { limits: Readonly<Record<string, string>> }).limits;
  return [
    labelled("metadata.labels", "object.metadata", selecting(metadata.labels)),
    labelled("spec.template.metadata.labels", "object.spec.template.metadata", selecting(metadata.labels)),
    {
      id: "labels",
      field: `spec.template.metadata.labels["${breakGlass}"]`,
      holds: `!("${breakGlass}" in object.spec.template.metadata.?labels.orValue({}))`,
      found: `object.spec.template.metadata.labels["${breakGlass}"]`,
      allowed: "none: it is for people",
    },
    ...ofTheQueue(metadata.labels[queueLabel]),
    ...ownAffairs,
    atMost("ttl", "spec.ttlSecondsAfterFinished", spec.ttlSecondsAfterFinished),
    atMost("deadline", "spec.template.spec.activeDeadlineSeconds", pod.activeDeadlineSeconds),
    atMost(
      "grace-period",
      "spec.template.spec.terminationGracePeriodSeconds",
      pod.terminationGracePeriodSeconds as number,
    ),
    atMost("backoff", "spec.backoffLimit", spec.backoffLimit),
    atMost("parallelism", "spec.parallelism", 1),
    atMost("parallelism", "spec.completions", 1),
    {
      id: "containers",
      field: "spec.template.spec.containers and initContainers",
      holds: "variables.containers.size() == 1",
      found: "variables.containers.map(c, c.name).join(', ')",
      allowed: "one container",
    },
    everyContainer({
      id: "image",
      field: "spec.template.spec.containers[*].image",
      holds: `c.image.matches(${text(imagePattern(main.image as string))})`,
      foundIn: "c.image",
      allowed: `${imageRepository(main.image as string)} with any tag or digest`,
    }),
    ...identity(pod),
    ...volumes(pod),
    ...environment(main),
    ...limits(bounds),
    ...placement(pod),
    ...restricted,
  ];
}

/** No Job waits in a queue of others. One that names none, and is not completed, waits for the quota of running pods. */
function ofTheQueue(queue: string | undefined): Requirement[] {
  if (queue === undefined) return [];
  const given = `object.metadata.labels["${queueLabel}"]`;
  return [
    {
      id: "queue",
      field: `metadata.labels["${queueLabel}"]`,
      holds: `!("${queueLabel}" in object.metadata.?labels.orValue({})) || ${given} == ${text(queue)}`,
      found: given,
      allowed: queue,
    },
  ];
}

/** That a Job to be changed or deleted is one of these. */
export function ofTheSameKind({ metadata }: JobManifest): Requirement {
  return { ...labelled("metadata.labels", "oldObject.metadata", selecting(metadata.labels)), id: "own-jobs" };
}

/** The labels that selectors hold: whoever has them takes part in Services, policies and budgets. */
function selecting(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const held = ["instance", "part-of", "component"].map((name) => `app.kubernetes.io/${name}`);
  return Object.fromEntries(held.map((label) => [label, labels[label]!]));
}

function labelled(field: string, metadata: string, wanted: Readonly<Record<string, string>>): Requirement {
  const labels = `${metadata}.?labels.orValue({})`;
  return {
    id: "labels",
    field,
    holds: `${map(wanted)}.all(l, l in ${labels} && ${labels}[l] == ${map(wanted)}[l])`,
    found: `${list(Object.keys(wanted))}.filter(l, l in ${labels}).map(l, l + ' ' + ${labels}[l]).join(', ')`,
    allowed: Object.entries(wanted)
      .map(([label, value]) => `${label} ${value}`)
      .join(", "),
  };
}

function atMost(id: string, field: string, most: number): Requirement {
  const at = field.split(".");
  const value = `object.${at.slice(0, -1).join(".")}.?${at.at(-1)}`;
  return {
    id,
    field,
    holds: `${value}.hasValue() && ${value}.value() <= ${most}`,
    found: `${value}.hasValue() ? string(${value}.value()) : 'not set'`,
    allowed: `at most ${most}`,
  };
}

/** A Job takes no pods of others, nothing keeps it or takes it along, and a pod that fails counts. */
const ownAffairs: readonly Requirement[] = [
  {
    id: "failure-policy",
    field: "spec.podFailurePolicy",
    holds: "!has(object.spec.podFailurePolicy)",
    found: "'set'",
    allowed: "not set",
  },
  {
    // The Job controller leaves it alone, and so does what removes ended Jobs.
    id: "managed-by",
    field: "spec.managedBy",
    holds: "!has(object.spec.managedBy)",
    found: "object.spec.managedBy",
    allowed: "not set",
  },
  {
    id: "manual-selector",
    field: "spec.manualSelector",
    holds: "!object.spec.?manualSelector.orValue(false)",
    found: "'true'",
    allowed: "false",
  },
  {
    id: "finalizers",
    field: "metadata.finalizers",
    holds: "object.metadata.?finalizers.orValue([]).size() == 0",
    found: "object.metadata.finalizers.join(', ')",
    allowed: "none",
  },
];

/** RE2, as CEL has it: the repository of an image, with any tag and digest. */
function imagePattern(image: string): string {
  const repository = imageRepository(image).replace(/[.+*?^$()[\]{}|\\]/g, "\\$&");
  return `^${repository}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?$`;
}
