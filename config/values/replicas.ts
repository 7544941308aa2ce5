import { z } from "zod";
import { contradiction } from "./contradiction";
import { percentage } from "./percentage";
import { integer } from "./scalar";

// A guard against a slip of the keyboard, not a bound of Kubernetes'.
const MOST = 1000;

/** How many pods a workload runs. Refused: 0, since a system is stopped by taking its key out of the stack. */
export const replicas = () => integer({ min: 1, max: MOST });

/** The bounds between which an autoscaler chooses, and at what use of the requested CPU and memory. Refused: min above max. */
export const autoscaling = () =>
  z
    .strictObject({
      minReplicas: replicas().describe("The fewest pods."),
      maxReplicas: replicas().describe("The most pods; at least minReplicas."),
      cpuUtilization: percentage()
        .describe("The share of the requested CPU, in percent, to scale for.")
        .prefault(70),
      memoryUtilization: percentage()
        .describe(
          "The share of the requested memory, in percent, to scale for. Default: memory is not looked at.",
        )
        .optional(),
    })
    .superRefine(({ minReplicas, maxReplicas }, context) => {
      if (typeof minReplicas !== "number" || !(maxReplicas < minReplicas)) return;
      contradiction(context, {
        path: ["maxReplicas"],
        input: maxReplicas,
        message: `is less than minReplicas, ${minReplicas}`,
        accepts: "at least minReplicas",
        beside: ["minReplicas"],
      });
    });
