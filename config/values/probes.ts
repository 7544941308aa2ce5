import { z } from "zod";
import { integer } from "./scalar";

interface Timing {
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold?: number;
}

export interface ProbesDefaults {
  /** Default: every 5 s for ten minutes, each as long as for liveness. */
  readonly startup?: Partial<Timing>;
  readonly liveness: Timing;
  readonly readiness: Timing;
}

// The longest that a start may take: the documents' liveness probes give the slowest of theirs a minute, and a machine
// that is ten times slower is no reason to kill it.
const START = { initialDelaySeconds: 0, periodSeconds: 5, failureThreshold: 120 };

const seconds = (min: number) => integer({ min, max: 86_400, unit: "seconds" });

const timing = ({ failureThreshold = 3, ...defaults }: Timing) => ({
  initialDelaySeconds: seconds(0)
    .describe("From the start of the container to the first question.")
    .prefault(defaults.initialDelaySeconds),
  periodSeconds: seconds(1).describe("From one question to the next.").prefault(defaults.periodSeconds),
  timeoutSeconds: seconds(1).describe("How long an answer may take.").prefault(defaults.timeoutSeconds),
  failureThreshold: integer({ min: 1, max: 100_000 })
    .describe("Failures in a row that count.")
    .prefault(failureThreshold),
});

/** When the kubelet asks a workload how it is; what it asks is the system's affair. */
export const probes = ({ startup, liveness, readiness }: ProbesDefaults) =>
  z
    .strictObject({
      startup: z
        .strictObject(timing({ ...START, timeoutSeconds: liveness.timeoutSeconds, ...startup }))
        .describe("Whether its start is over: until then the other two do not ask. Failed: it is restarted.")
        .prefault({}),
      liveness: z
        .strictObject(timing(liveness))
        .describe("Whether it is alive. Failed: it is restarted.")
        .prefault({}),
      readiness: z
        .strictObject({
          ...timing(readiness),
          successThreshold: integer({ min: 1, max: 1000 })
            .describe("Successes in a row that make it ready.")
            .prefault(1),
        })
        .describe("Whether it is ready. Failed: it gets no requests.")
        .prefault({}),
    })
    .describe("When the kubelet asks how it is.")
    .prefault({});
