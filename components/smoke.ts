import { address, type Endpoint } from "./edge";
import { type JobWorkload, jobWorkload } from "./job";
import { type PodOptions, podOptions } from "./pod-template";
import type { HttpGet, Probe } from "./probe";

/** What is asked of a system once everything of it is ready, through its Services. */
export interface SmokeDeclaration {
  /** An image with curl 7.75 or newer, and a shell. */
  readonly image: string;
  /** Every one has to answer with a status from 200 to 399, as probes want it. */
  readonly asks: readonly Ask[];
}

/** A request to a service of the system, on a port of its Service. */
export interface Ask extends HttpGet {
  readonly of: Endpoint;
  /** How long an answer may take. Default: 5. */
  readonly seconds?: number;
}

/** A service, with the probes that say how long it may take to answer. */
export interface Probed<Port extends string> extends Endpoint<Port> {
  readonly readiness?: Pick<Probe, "timeoutSeconds">;
  readonly liveness?: Pick<Probe, "timeoutSeconds">;
}

/**
 * What a service is asked. The port is one of its own: no other compiles. It may take longer to answer than a probe
 * lets it, whose kubelet asks from its own node.
 */
export function ask<const Port extends string>(of: Probed<Port>, get: HttpGet<NoInfer<Port>>): Ask {
  const { timeoutSeconds = 0 } = of.readiness ?? of.liveness ?? {};
  return { of: of as Endpoint, seconds: Math.max(timeoutSeconds + 2, SECONDS), ...get };
}

const SECONDS = 5;

/** For so long a question that was not answered well is asked again. */
const AGAIN = 40;

/**
 * The Job that asks. It comes after all other workloads and runs again after each roll-out of any of them, since what
 * one answers may hang on another. What it gets for an answer is in its log, a line for each question.
 */
export function smokeJob(
  { image, asks }: SmokeDeclaration,
  after: readonly { readonly name: string }[],
  pods: Pick<PodOptions, "imagePullSecrets" | "placement">,
): JobWorkload {
  const ofOnePod = asks.reduce((sum, { seconds = SECONDS }) => sum + AGAIN + seconds, 0);
  return jobWorkload({
    name: "smoke",
    image,
    // It is somebody else's; with Never, nobody would have put it on the node.
    imagePullPolicy: "IfNotPresent",
    user: 65534,
    command: ["sh", "-c", [asking, ...asks.map(call), "exit $failed"].join("\n")],
    resources: {
      requests: { cpu: "10m", memory: "16Mi" },
      limits: { cpu: "500m", memory: "64Mi" },
    },
    // Time for the image and for a node, and for two pods that get no answer to any question.
    activeDeadlineSeconds: 240 + 2 * ofOnePod,
    // A node may go away under it. That an answer is not there yet, curl itself sees to.
    backoffLimit: 1,
    uses: [...new Set(asks.map(({ of }) => of))],
    after,
    afterRollouts: true,
    ...podOptions(pods),
  });
}

// Nodes learn of new pods a moment after they are ready: hence the tries. --retry-max-time also bounds a Retry-After.
const asking = `
failed=0
ask() {
  for url; do :; done
  if answer=$(curl --fail --silent --output /dev/null --write-out '%{http_code} %{errormsg}' --retry 5 --retry-delay 2 --retry-max-time ${AGAIN} --retry-all-errors "$@"); then
    echo "well: $url answered \${answer%% *}"
  else
    failed=1
    case $answer in
      000*) echo "NOT WELL: $url did not answer: \${answer#* }" ;;
      *) echo "NOT WELL: $url answered \${answer%% *}" ;;
    esac
  fi
}
`.trim();

function call({ of, port, path, headers = {}, seconds = SECONDS }: Ask): string {
  const given = Object.entries(headers).flatMap(([name, value]) => ["--header", quoted(`${name}: ${value}`)]);
  return [`ask --max-time ${seconds}`, ...given, quoted(`http://${address(of, port)}${path}`)].join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
