import type { Field } from "./field";
import type { KubernetesObject } from "./kubernetes-object";
import type { Container, Pod } from "./pod";
import type { Reference } from "./references";
import type { Remedy } from "./remedy";
import type { Resource } from "./resource";
import type { Stack } from "./stack";

/** One requirement: what it is, where it stems from, and how to see that it is not met. */
export interface Rule<Settings extends object = object> {
  /** As in `run-as-non-root`: the name of its file, of its policy, and in exemptions. */
  readonly id: string;
  /** What is required, and why, in a sentence or two. */
  readonly title: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  /** Where it stems from, the closest first. */
  readonly references: readonly [Reference, ...Reference[]];
  /** What to write instead. */
  readonly mend: string;
  /** What a violation does where the pack's config says nothing. Default: mandatory. */
  readonly level?: Level;
  /** Stacks in which it is asked where the config says nothing, `*` standing for any text. Default: all. */
  readonly stacks?: readonly string[];
  /** What the pack's config may set of it, beside its level and its stacks. */
  readonly settings?: { readonly [name in keyof Settings]: Setting<Settings[name]> };

  /** What is set at the level `remediate`, where nothing is set. */
  readonly remedy?: Remedy;

  /** Fields whose own value decides, without a look at any other. */
  readonly requires?: readonly Requirement[];
  /** Looks at what a pod as a whole sets. */
  checkPod?(pod: Pod, report: Report, settings: Settings): void;
  /** Looks at one container, of whatever sort. */
  checkContainer?(container: Container, report: Report, settings: Settings): void;
  /** Looks at one Kubernetes object. */
  checkObject?(object: KubernetesObject, report: Report, settings: Settings): void;
  /** Looks at whatever a program registers, of any provider. */
  checkResource?(resource: Resource, report: Report, settings: Settings): void;
  /** Looks at all objects together, once they are all there. A rule that does, does nothing else. */
  checkStack?(stack: Stack, report: StackReport, settings: Settings): void;
}

export type Level = "advisory" | "mandatory" | "disabled";

/**
 * Values that a field may have. Plain data, of which an admission policy's expression can be made as well as the check
 * of the pack.
 */
export interface Requirement {
  readonly of: "pod" | "container";
  /** From the pod's spec, or from the container. Behind a list stands `[]`, for each of its elements: `ports[].hostPort`. */
  readonly path: string;
  /** What is let through; `undefined` stands for a field that is not set. */
  readonly accepts: readonly unknown[];
  /** Not asked of pods of Windows, which have no such field. */
  readonly linuxOnly?: true;
  /** Not asked of ephemeral containers, with which a person debugs a pod that runs. */
  readonly notEphemeral?: true;
}

/** One value of the pack's config: a JSON Schema, with the value that it has where the config says nothing. */
export interface Setting<Value> {
  readonly type: "string" | "integer" | "number" | "boolean" | "array";
  readonly items?: { readonly type: "string"; readonly enum?: readonly string[] };
  readonly minimum?: number;
  readonly description: string;
  readonly default: Value;
}

/**
 * Says that a field does not satisfy the rule, or cannot be known to: an unknown one is told apart by its value, and
 * one that is not set does no harm in a patch, which leaves what it does not name as it is. A note says what is wrong
 * with it where the value alone does not.
 */
export type Report = (field: Field, note?: string) => void;

export type StackReport = (object: KubernetesObject, field: Field, note?: string) => void;
