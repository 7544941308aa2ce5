import { z } from "zod";
import { localQueueName } from "./name";

/** The queue of Kueue that the Jobs of a dispatcher wait in. */
export const jobQueue = () =>
  z
    .strictObject({
      localQueue: localQueueName()
        .describe(
          "A LocalQueue of the namespace that is there: its quotas are those of the cluster's team. Left out: one is made, with a ClusterQueue and a ResourceFlavor, for as many Jobs as may run at once.",
        )
        .optional(),
    })
    .describe(
      "Kueue, in whose queue more Jobs wait, in the order in which they were created; {} for a queue of the system's own. Left out: they wait for the quota of running pods, which lets them in in no order, and up to a minute late.",
    )
    .optional();
