import type { SystemDeclaration } from "../../../components/declaration";
import { type Edge, network } from "../../../components/edge";
import { type JobDeclaration, jobWorkload } from "../../../components/job";
import { claim } from "../../../components/persistent-volume-claim";
import type { Placement } from "../../../components/pod-template";
import { serviceWorkload } from "../../../components/service";

export interface ProbedSystemArgs {
  readonly namespace: string;
  /** An image with curl, a shell, and an nc that takes `-l -p`. No pull Secret is in the probes' namespace. */
  readonly image: string;
  readonly placement: Placement;
  /** StorageClasses that volumes of the stack want ReadWriteMany of; undefined stands for the cluster's default. */
  readonly classes: readonly (string | undefined)[];
}

export const names = {
  system: "muster-probe",
  answering: "answers",
  user: "uses",
  stranger: "may-not",
  /** The two pods that share the volume of a class, by its place in the list. */
  sharing: (index: number) => [`shares-${index}-a`, `shares-${index}-b`] as const,
};

/** A system that is there for its outcome: what it may and may not do is made as it is for any other. */
export function probedSystem({ namespace, image, placement, classes }: ProbedSystemArgs): SystemDeclaration {
  const pod = {
    image,
    user: 65534,
    placement,
    imagePullSecrets: [],
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
  };
  const answering = serviceWorkload({
    ...pod,
    name: names.answering,
    command: ["sh", "-c", answer],
    ports: { http: 8080 },
    // Ready once it has answered; nothing asks it afterwards but the probes.
    startup: {
      check: { command: ["curl", "--silent", "--max-time", "2", "http://127.0.0.1:8080/"] },
      periodSeconds: 2,
      timeoutSeconds: 3,
      failureThreshold: SECONDS / 2,
    },
    scale: { replicas: 1 },
    terminationGracePeriodSeconds: 1,
    uses: [],
  });
  const job = (name: string, uses: readonly Edge[], rest: Partial<JobDeclaration>) =>
    jobWorkload({ ...pod, name, uses, activeDeadlineSeconds: SECONDS, backoffLimit: 0, ...rest });
  const asking = (until: string) => ({ command: ["sh", "-c", ask, until] });
  const shared = classes.flatMap((storageClass, index) => {
    const volume = claim({ name: `shared-${index}`, accessMode: "ReadWriteMany", size: "1Gi", storageClass });
    const [a, b] = names.sharing(index);
    const sharing = (own: string, other: string) =>
      job(own, [], { command: ["sh", "-c", share, own, other], mounts: [{ path: "/shared", from: volume }] });
    return [sharing(a, b), sharing(b, a)];
  });
  // Names are asked for by whoever reaches anything, so the one that may not reach the other still finds its address.
  const nobody = network({ what: "nobody (RFC 5737)", cidrs: ["192.0.2.0/24"], ports: [9] });
  return {
    name: names.system,
    namespace,
    imagePullPolicy: "IfNotPresent",
    imagePullSecrets: [],
    placement,
    workloads: [
      answering,
      job(names.user, [answering], asking("reached")),
      job(names.stranger, [nobody], asking("stopped")),
      ...shared,
    ],
  };
}

/** How long a pod may take, its image included. */
export const SECONDS = 150;

// Answers one at a time: nc ends with each answer.
export const answer = `
nc -l -p 8081 < /dev/null > /dev/null &
sleep 1
if ! kill $!; then
  echo "its image has no nc that takes -l -p" | tee /dev/termination-log
  exit 69
fi
while :; do printf 'HTTP/1.1 204 No Content\\r\\nConnection: close\\r\\n\\r\\n' | nc -l -p 8080 > /dev/null; done
`.trim();

// Ends with what curl ended with last: 0 reached, 6 no such name, 7 refused, 28 no answer; and with 1 where it was
// stopped only at times. Some networks take a moment until they know of a new pod, and let it do everything, or
// nothing, until then: "stopped" is believed after five tries in a row.
export const ask = `
tries=0
stopped=0
while [ $tries -lt 20 ]; do
  curl --silent --output /dev/null --max-time 3 http://answers:8080/
  ended=$?
  case $ended in 7 | 28) stopped=$((stopped + 1)) ;; *) stopped=0 ;; esac
  case "$0 $ended $stopped" in "reached 0 "* | "stopped "*" 5") exit $ended ;; esac
  tries=$((tries + 1))
  sleep 1
done
[ "$0 $stopped" = "stopped 0" ] || [ "$0" = reached ] || exit 1
exit $ended
`.trim();

// 2 where it cannot write, 1 where what the other wrote does not come.
const share = `
touch "/shared/$0" || exit 2
tries=0
while [ $tries -lt 90 ]; do
  [ -e "/shared/$1" ] && sleep 5 && exit 0
  ls /shared > /dev/null
  tries=$((tries + 1))
  sleep 1
done
exit 1
`.trim();
