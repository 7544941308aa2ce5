import { z } from "zod";
import { contradiction } from "./contradiction";
import { labelKey, labels } from "./label";
import { list } from "./list";
import { priorityClassName } from "./name";
import { integer, oneOf, text } from "./scalar";

const toleration = () =>
  z
    .strictObject({
      key: labelKey().describe("The taint's key. Left out, with operator Exists: every taint.").optional(),
      operator: oneOf(["Equal", "Exists"]).describe("How key and value are compared.").prefault("Equal"),
      value: text({
        name: "the value of a taint",
        rule: "at most 63 letters, digits, -, _ and .",
        example: "gpu",
        pattern: /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
      })
        .describe("The taint's value; with operator Equal alone.")
        .optional(),
      effect: oneOf(["NoSchedule", "PreferNoSchedule", "NoExecute"])
        .describe("The taint's effect. Left out: every effect.")
        .optional(),
      tolerationSeconds: integer({ min: 0, max: 2147483647, unit: "seconds" })
        .describe("How long a running pod may stay; with effect NoExecute alone.")
        .optional(),
    })
    .superRefine((toleration, context) => {
      const { key, operator, value, effect, tolerationSeconds } = toleration;
      if (operator === "Exists" && value !== undefined)
        contradiction(context, {
          path: ["value"],
          input: value,
          message: "is never compared with operator Exists",
          accepts: "no value, or operator: Equal",
          beside: ["operator"],
        });
      if (operator === "Equal" && key === undefined)
        contradiction(context, {
          path: ["operator"],
          input: operator,
          message: "needs a key to compare",
          accepts: "a key beside it, or operator: Exists for every taint",
          beside: ["key"],
        });
      if (tolerationSeconds !== undefined && effect !== "NoExecute")
        contradiction(context, {
          path: ["tolerationSeconds"],
          input: tolerationSeconds,
          message: "has no meaning without effect NoExecute",
          accepts: "effect: NoExecute beside it",
          beside: ["effect"],
        });
    });

/** Which nodes pods go to. */
export const placement = () =>
  z.strictObject({
    nodeSelector: labels().describe("Labels that a node must carry.").optional(),
    tolerations: list(toleration()).describe("Taints that a node may carry.").optional(),
    spreadOver: list(labelKey())
      .describe(
        "Keys of node labels over which pods spread evenly where they can. Default: nodes, then zones.",
      )
      .optional(),
    priorityClassName: priorityClassName().describe("The PriorityClass of the pods.").optional(),
  });

/** The placement of one workload, which goes before that of its system. */
export const ownPlacement = (whose: string) =>
  placement()
    .describe(`Which nodes ${whose} may go to; each key given here takes the place of the system's.`)
    .optional();
