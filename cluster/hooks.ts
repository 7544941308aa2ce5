import type { ObjectHooks } from "../components/hooks";
import type { ApiServer } from "./api-server";
import { reach } from "./connect";
import { rolloutWatch } from "./rollout-watch";
import { scaleHandover } from "./scale-handover";
import { settled } from "./settled";

/** Watches roll-outs in the cluster of a stack, and waits where the provider does not. */
export function clusterHooks(context?: string): ObjectHooks {
  const afterwards = [settled(context)];
  // Most updates have nothing to ask.
  let connection: Promise<ApiServer> | undefined;
  const connected = () => {
    connection ??= reach({ context }).then(({ api }) => api);
    return connection;
  };
  const { start, stop } = rolloutWatch(connected);
  const workload = {
    beforeCreate: [start],
    beforeUpdate: [start],
    afterCreate: [...afterwards, stop],
    afterUpdate: [...afterwards, stop],
  };
  return {
    deployment: { ...workload, beforeUpdate: [scaleHandover(context), start] },
    statefulSet: workload,
    job: workload,
    externalSecret: { afterCreate: afterwards, afterUpdate: afterwards },
  };
}
