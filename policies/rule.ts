import type { Field } from "./field";
import type { Container, Pod } from "./pod";

/** One requirement: what it is, where it stems from, and how to see that it is not met. */
export interface Rule {
  /** As in `run-as-non-root`: the name of its file, and of its policy. */
  readonly name: string;
  /** What is required, and why, in a sentence or two. */
  readonly description: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  readonly standard: Standard;
  /** What to write instead. */
  readonly mend: string;
  /** Looks at what the pod as a whole sets. */
  readonly checkPod?: (pod: Pod, report: Report) => void;
  /** Looks at one container, of whatever sort. */
  readonly checkContainer?: (container: Container, report: Report) => void;
}

/** Where a rule stems from. */
export interface Standard {
  readonly name: string;
  /** As in `baseline`, where the standard has levels. */
  readonly level?: string;
  /** The requirement's name in the standard. */
  readonly control: string;
  readonly url: string;
}

/**
 * Says that a field does not satisfy the rule, or cannot be known to: an unknown one is told apart by its value,
 * and one that is not set does no harm in a patch, which leaves what it does not name as it is.
 */
export type Report = (field: Field) => void;
