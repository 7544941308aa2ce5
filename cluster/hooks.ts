import type { ObjectHooks } from "../components/hooks";
import { postgresqlPasswords } from "../components/postgresql-passwords";
import { redisPasswords } from "../components/redis-passwords";
import { podAdmitted } from "./comparison/admission";
import type { ReachedCluster } from "./connect";
import { passwordAccepted, passwordInUse } from "./passwords";
import { rolloutWatch } from "./rollout-watch";
import { scaleHandover } from "./scale-handover";
import { settled } from "./settled";

/** Watches roll-outs in the cluster of a stack, and waits where the provider does not. */
export function clusterHooks(cluster: ReachedCluster): ObjectHooks {
  const afterwards = [settled(cluster)];
  const { start, stop } = rolloutWatch(cluster);
  const admitted = podAdmitted(cluster);
  const before = [admitted, start];
  const workload = {
    beforeCreate: before,
    beforeUpdate: before,
    afterCreate: [...afterwards, stop],
    afterUpdate: [...afterwards, stop],
  };
  return {
    deployment: { ...workload, beforeUpdate: [admitted, scaleHandover(cluster), start] },
    statefulSet: workload,
    job: workload,
    passwordInUse: { beforeUpdate: [passwordInUse(cluster)] },
    redisSecret: { beforeUpdate: [passwordAccepted("redis-password", redisPasswords, cluster)] },
    postgresqlSecret: {
      beforeUpdate: [passwordAccepted("postgresql-password", postgresqlPasswords, cluster)],
    },
    externalSecret: { afterCreate: afterwards, afterUpdate: afterwards },
  };
}
