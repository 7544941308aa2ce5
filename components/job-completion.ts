import { apiextensions } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { policyMetadata, requestsBy } from "./admission-policy";
import { list, text } from "./admission-requirement";
import type { JobManifest } from "./job-template";
import { labels, type SystemInstance } from "./labels";
import { type Accounted, accountName } from "./service-account";

export interface JobCompletionArgs {
  readonly system: SystemInstance;
  /** The API that the cluster serves MutatingAdmissionPolicy by, as `admissionregistration.k8s.io/v1`. */
  readonly api: string;
  /** The dispatcher whose Jobs are completed: its service account is who it is known by. */
  readonly dispatcher: Accounted;
  /** The Job that they are completed from. */
  readonly job: JobManifest;
}

/**
 * Completes the Jobs that a dispatcher creates, at the API server, from the template of its system: an image that puts
 * a Job together in its own code then needs no change to run one. What the Job says itself stays, but for its security
 * context, and for what it mounts where the template mounts something; `JobAdmission` judges what comes of it.
 */
export class JobCompletion extends pulumi.ComponentResource {
  constructor(name: string, args: JobCompletionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("muster:index:JobCompletion", name, {}, opts);
    const { system, api: apiVersion, dispatcher, job } = args;
    const metadata = policyMetadata(system, `${dispatcher.name}-jobs`, labels(system, dispatcher));
    const requests = { apiGroup: "batch", resource: "jobs", operations: ["CREATE"] } as const;
    const policy = new apiextensions.CustomResource(
      name,
      {
        apiVersion,
        kind: "MutatingAdmissionPolicy",
        metadata,
        spec: {
          failurePolicy: "Fail",
          reinvocationPolicy: "Never",
          ...requestsBy(system, { ...requests, by: accountName(dispatcher) }),
          variables: Object.entries(variables).map(([name, expression]) => ({ name, expression })),
          mutations: completed(job).map((patches) => ({
            patchType: "JSONPatch",
            jsonPatch: { expression: patches.join(" +\n") },
          })),
        },
      },
      { parent: this, aliases: ofOlderApis("MutatingAdmissionPolicy") },
    );
    new apiextensions.CustomResource(
      name,
      {
        apiVersion,
        kind: "MutatingAdmissionPolicyBinding",
        metadata,
        // The values stand in the policy: a binding whose parameter is not found refuses what others make, too.
        spec: { policyName: policy.metadata.name },
      },
      { parent: this, aliases: ofOlderApis("MutatingAdmissionPolicyBinding") },
    );
    this.registerOutputs({ dispatcher: dispatcher.name });
  }
}

/** So that it is the same object when the cluster comes to serve v1: as another, it would be made and then deleted. */
function ofOlderApis(kind: string): pulumi.Alias[] {
  return ["v1alpha1", "v1beta1"].map((version) => ({
    type: `kubernetes:admissionregistration.k8s.io/${version}:${kind}`,
  }));
}

const variables = {
  pod: "object.spec.template.spec",
  container: "object.spec.template.spec.containers[0]",
};

/** A part of a Job that is completed. */
interface Part {
  /** A JSON pointer. */
  readonly path: string;
  /** What the Job has there, as CEL. */
  readonly own: string;
  /** What the template has there. */
  readonly template: Readonly<Record<string, unknown>>;
}

/** JSON patches, as CEL expressions of lists: one for each mutation, which sees what the one before has made. */
function completed({ metadata, spec }: JobManifest): readonly (readonly string[])[] {
  const { containers, volumes = [], ...ofPod } = spec.template.spec as unknown as PodSpec;
  const [{ env = [], volumeMounts = [], resources, ...ofContainer }] = containers;
  const { labels, annotations = {} } = spec.template.metadata;
  const job: Part = { path: "/spec", own: "object.spec", template: { ...spec } };
  const pod: Part = { path: "/spec/template/spec", own: "variables.pod", template: ofPod };
  const container: Part = {
    path: `${pod.path}/containers/0`,
    own: "variables.container",
    template: ofContainer,
  };
  const inPod = "object.spec.template.?metadata";
  const own = (field: string) => `variables.container.?${field}.orValue([])`;
  const ownAmounts = (side: string) => `variables.container.?resources.?${side}`;
  // Of what the Job mounts itself: its unbounded /tmp gives way to the template's.
  const mountPaths = list(volumeMounts.map(({ mountPath }) => mountPath));
  const ownMounts = `${own("volumeMounts")}.filter(m, !(m.mountPath in ${mountPaths}))`;
  return [
    [
      ...entries("/metadata/labels", "object.metadata.?labels", metadata.labels),
      ...entries("/spec/template/metadata/labels", `${inPod}.?labels`, labels),
      ...entries("/spec/template/metadata/annotations", `${inPod}.?annotations`, annotations),
      ...fill(job, "ttlSecondsAfterFinished"),
    ],
    [
      set(pod, "securityContext"),
      set(pod, "terminationGracePeriodSeconds"),
      ...Object.keys(ofPod)
        .filter(
          (field) =>
            ![
              "securityContext",
              "terminationGracePeriodSeconds",
              "restartPolicy",
              "activeDeadlineSeconds",
            ].includes(field),
        )
        .flatMap((field) => fill(pod, field)),
      ...deadline(pod, spec.template.spec.activeDeadlineSeconds),
    ],
    [
      set(container, "securityContext"),
      // Of one of the two alone, the other is the image's own.
      ...fill(container, "command", "args"),
      ...fill(container, "args", "command"),
      ...fill(container, "envFrom"),
      // First, so that what the Job says itself may refer to them.
      ...(env.length > 0 ? [unless("has(variables.container.env)", add(`${container.path}/env`, "[]"))] : []),
      ...[...env]
        .reverse()
        .map((each) =>
          unless(
            `${own("env")}.exists(o, o.name == ${text(each.name)})`,
            add(`${container.path}/env/0`, literal(each)),
          ),
        ),
      ...entries(`${container.path}/resources/limits`, ownAmounts("limits"), resources.limits),
      ...entries(
        `${container.path}/resources/requests`,
        ownAmounts("requests"),
        resources.requests,
        // Never more than the limit of the Job's own.
        (name, amount) => {
          const limit = `${ownAmounts("limits")}[?${text(name)}].orValue(${text(amount)})`;
          return `quantity(${limit}).isLessThan(quantity(${text(amount)})) ? ${limit} : ${text(amount)}`;
        },
      ),
    ],
    [
      ...templateFirst(volumes, {
        path: `${pod.path}/volumes`,
        own: "variables.pod.?volumes",
        key: "name",
        stays: (own) =>
          `!(${own}.name in ${list(volumes.map(({ name }) => name))}) && ${ownMounts}.exists(m, m.name == ${own}.name)`,
      }),
      ...templateFirst(volumeMounts, {
        path: `${container.path}/volumeMounts`,
        own: "variables.container.?volumeMounts",
        key: "mountPath",
        stays: (own) => `!(${own}.mountPath in ${mountPaths})`,
      }),
    ],
  ];
}

/** As the pod's, where it is shorter, and no longer the Job's: that runs while the Job waits for a place, too. */
function deadline({ path }: Part, ofTemplate: number): string[] {
  const own = `variables.pod.?activeDeadlineSeconds.orValue(${ofTemplate})`;
  const ofJob = `object.spec.?activeDeadlineSeconds.orValue(${own})`;
  return [
    `[${add(`${path}/activeDeadlineSeconds`, `${ofJob} < ${own} ? ${ofJob} : ${own}`)}]`,
    `(has(object.spec.activeDeadlineSeconds) ? [JSONPatch{op: "remove", path: "/spec/activeDeadlineSeconds"}] : [])`,
  ];
}

/** A pod of a template, as this file reads it. */
interface PodSpec extends Readonly<Record<string, unknown>> {
  readonly containers: readonly [Container];
  readonly volumes?: readonly { readonly name: string }[];
}

interface Container extends Readonly<Record<string, unknown>> {
  readonly env?: readonly { readonly name: string }[];
  readonly volumeMounts?: readonly { readonly mountPath: string }[];
  readonly resources: Readonly<Record<"requests" | "limits", Readonly<Record<string, string>>>>;
}

/** The template's, whatever the Job has. */
function set({ path, template }: Part, field: string): string {
  return `[${add(`${path}/${field}`, literal(template[field]))}]`;
}

/** The template's, where it has one and the Job none; unless something else is there. */
function fill({ path, own, template }: Part, field: string, unlessThere = field): string[] {
  if (template[field] === undefined) return [];
  const there = [...new Set([field, unlessThere])].map((each) => `has(${own}.${each})`).join(" || ");
  return [unless(there, add(`${path}/${field}`, literal(template[field])))];
}

/** A list of the Job. */
interface OwnList {
  /** A JSON pointer. */
  readonly path: string;
  /** What the Job has there, as an optional value of CEL. */
  readonly own: string;
  /** The field by which its items differ. */
  readonly key: string;
  /** Whether an item stays, as CEL. */
  readonly stays: (item: string) => string;
}

/**
 * The template's items, then those of the Job's own that stay. The API server takes no item of the Job as the value of
 * a patch: they are copied to the end, and then all as they were are removed from the front.
 */
function templateFirst(template: readonly unknown[], { path, own, key, stays }: OwnList): string[] {
  const items = `${own}.orValue([])`;
  const from = `${text(`${path}/`)} + string(${items}.map(o, o.${key}).indexOf(o.${key}))`;
  return [
    unless(`${own}.hasValue()`, add(path, "[]")),
    `${items}.filter(o, ${stays("o")}).map(o, JSONPatch{op: "copy", from: ${from}, path: ${text(`${path}/-`)}})`,
    `${items}.map(o, JSONPatch{op: "remove", path: ${text(`${path}/0`)}})`,
    ...[...template].reverse().map((each) => `[${add(`${path}/0`, literal(each))}]`),
  ];
}

/** The entries of a map that the Job has not, whose own map is an optional value. */
function entries(
  path: string,
  own: string,
  wanted: Readonly<Record<string, string>>,
  value = (_: string, wanted: string) => text(wanted),
): readonly string[] {
  return [
    unless(`${own}.hasValue()`, add(path, "{}")),
    ...Object.entries(wanted).map(([key, each]) => {
      const pointer = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      return unless(`${text(key)} in ${own}.orValue({})`, add(pointer, value(key, each)));
    }),
  ];
}

function unless(condition: string, patch: string): string {
  return `(${condition} ? [] : [${patch}])`;
}

function add(path: string, value: string): string {
  return `JSONPatch{op: "add", path: ${text(path)}, value: ${value}}`;
}

/** A value as CEL writes it, whose lists and maps hold one type by themselves: here, any. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => `dyn(${literal(each)})`).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${fields.map(([key, each]) => `${text(key)}: dyn(${literal(each)})`).join(", ")}}`;
}
