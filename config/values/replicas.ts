import { z } from "zod";
import { contradiction } from "./contradiction";
import { orGiven, orLeftOut } from "./defaults";
import { list } from "./list";
import { percentage } from "./percentage";
import { integer, oneOf, text, textOrNumber } from "./scalar";

// A guard against a slip of the keyboard, not a bound of Kubernetes'.
const MOST = 1000;

/** How many pods a workload runs. Refused: 0, since a system is stopped by taking its key out of the stack. */
export const replicas = () => integer({ min: 1, max: MOST });

/** What an autoscaler is told where the operator says nothing. */
export interface AutoscalingDefaults {
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly cpuUtilization?: number;
  readonly memoryUtilization?: number;
  readonly podMetrics?: z.input<ReturnType<typeof podMetrics>>;
  readonly scaleUp?: z.input<ReturnType<typeof scalingRules>>;
  readonly scaleDown?: z.input<ReturnType<typeof scalingRules>>;
}

const seconds = (max: number) => integer({ min: 0, max, unit: "seconds" });

// The longest that the API server takes: an hour for the window, half an hour for a period.
const scalingRules = () =>
  z.strictObject({
    stabilizationWindowSeconds: seconds(3600)
      .describe("How long the most cautious recommendation counts. Default: as in Kubernetes.")
      .optional(),
    selectPolicy: oneOf(["Max", "Min"])
      .describe("Which policy holds: the one that changes most, or least.")
      .prefault("Max"),
    policies: list(
      z.strictObject({
        type: oneOf(["Pods", "Percent"]).describe("Whether value counts pods, or percent of them."),
        value: integer({ min: 1, max: MOST }).describe("How many may come or go in a period."),
        periodSeconds: integer({ min: 1, max: 1800, unit: "seconds" }).describe("The period."),
      }),
      { least: 1 },
    ).describe("How fast the number of pods may change."),
  });

const podMetrics = () =>
  list(
    z.strictObject({
      name: metricName().describe("The metric, as the adapter of custom.metrics.k8s.io names it."),
      averageValue: metricValue().describe("The average over the pods that is kept."),
    }),
  );

const metricName = () =>
  text({
    name: "the name of a metric",
    example: "active_tasks_per_pod",
    pattern: /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
  });

const metricValue = () =>
  textOrNumber({
    name: "a quantity",
    example: "20 or 500m",
    numbers: { type: "integer", minimum: 1, maximum: 999_999_999_999_999 },
    pattern: /^[1-9][0-9]{0,14}[mk]?$/,
  });

/** The bounds between which an autoscaler chooses, and at what load. Refused: min above max. */
export const autoscaling = (defaults: AutoscalingDefaults = {}) =>
  z
    .strictObject({
      minReplicas: orGiven(replicas().describe("The fewest pods."), defaults.minReplicas),
      maxReplicas: orGiven(replicas().describe("The most pods; at least minReplicas."), defaults.maxReplicas),
      cpuUtilization: percentage()
        .describe("The share of the requested CPU, in percent, to scale for.")
        .prefault(defaults.cpuUtilization ?? 70),
      memoryUtilization: orLeftOut(
        percentage().describe("The share of the requested memory, in percent, to scale for."),
        defaults.memoryUtilization,
      ),
      podMetrics: podMetrics()
        .describe("Metrics that the pods export, through an adapter of custom.metrics.k8s.io.")
        .prefault(defaults.podMetrics ?? []),
      scaleUp: orLeftOut(scalingRules().describe("How fast pods are added."), defaults.scaleUp),
      scaleDown: orLeftOut(scalingRules().describe("How fast pods are taken away."), defaults.scaleDown),
    })
    .superRefine(({ minReplicas, maxReplicas }, context) => {
      if (typeof minReplicas !== "number" || !((maxReplicas as number) < minReplicas)) return;
      contradiction(context, {
        path: ["maxReplicas"],
        input: maxReplicas,
        message: `is less than minReplicas, ${minReplicas}`,
        accepts: "at least minReplicas",
        beside: ["minReplicas"],
      });
    });
