import { address, type Endpoint } from "./edge";
import { type JobWorkload, jobWorkload } from "./job";
import { type PodOptions, podOptions } from "./pod-template";
import type { HttpGet } from "./probe";

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
}

/** What a service is asked. The port is one of its own: no other compiles. */
export function ask<const Port extends string>(of: Endpoint<Port>, get: HttpGet<NoInfer<Port>>): Ask {
  return { of: of as Endpoint, ...get };
}

/**
 * The Job that asks. It comes after all other workloads and runs again after each roll-out of any of them, since what
 * one answers may hang on another. What it gets for an answer is in its log, a line for each question.
 */
export function smokeJob(
  { image, asks }: SmokeDeclaration,
  after: readonly { readonly name: string }[],
  pods: Pick<PodOptions, "imagePullSecrets" | "placement">,
): JobWorkload {
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
    // Time for the image and for a node, and for a few questions that are not answered.
    activeDeadlineSeconds: 300,
    // A node may go away under it. That an answer is not there yet, curl itself sees to.
    backoffLimit: 1,
    uses: [...new Set(asks.map(({ of }) => of))],
    after,
    afterRollouts: true,
    ...podOptions(pods),
  });
}

// Nodes learn of new pods a moment after they are ready: hence the tries, 40 s at most for each question.
const asking = `
failed=0
ask() {
  for url; do :; done
  if answer=$(curl --fail --silent --output /dev/null --write-out '%{http_code} %{errormsg}' --max-time 5 --retry 5 --retry-delay 2 --retry-all-errors "$@"); then
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

function call({ of, port, path, headers = {} }: Ask): string {
  const given = Object.entries(headers).flatMap(([name, value]) => ["--header", quoted(`${name}: ${value}`)]);
  return ["ask", ...given, quoted(`http://${address(of, port)}${path}`)].join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
