import type { ApiServer } from "../api-server";
import { type Mask, namespaceMask } from "./mask";
import { maskTexts } from "./masked";
import type { FailedContainer } from "./pods";
import type { WorkloadStatus } from "./workload";

/** A container that failed, and what it said before. */
export interface LastWords extends FailedContainer {
  /** The last lines of its log. */
  readonly log: readonly string[];
  /** Why they are not here. */
  readonly withheld?: string;
}

const lines = 12;
// Of one line, what a screen can bear; and of all, what is worth fetching.
const longest = 400;
const bytes = 256 * 1024;

/**
 * The workloads with what their failed containers said, and all that is said of them without the values of Secrets. Of
 * pods that failed in the same way, one speaks.
 */
export async function withLastWords<W extends WorkloadStatus>(
  workloads: readonly W[],
  api: ApiServer,
  namespace: string,
  maskOf = () => namespaceMask(api, namespace),
): Promise<(W & { readonly lastWords: readonly LastWords[] })[]> {
  if (workloads.every(({ refused, notReady }) => refused.length + notReady.length === 0))
    return workloads.map((workload) => ({ ...workload, lastWords: [] }));
  const mask = await maskOf();
  return Promise.all(
    workloads.map(async (workload) => ({
      ...maskedStatus(workload, mask),
      lastWords: await Promise.all(
        oneOfEach(workload.notReady.flatMap(({ failed }) => failed)).map((failed) =>
          lastWords(failed, api, namespace, mask),
        ),
      ),
    })),
  );
}

async function lastWords(
  failed: FailedContainer,
  api: ApiServer,
  namespace: string,
  mask: Mask | undefined,
): Promise<LastWords> {
  if (mask === undefined) {
    const { message: _, ...known } = failed;
    const withheld =
      "its log is not shown, since your user may not read the Secrets whose values would have to be hidden";
    return { ...known, log: [], withheld };
  }
  const message = failed.message && mask(failed.message.trim());
  try {
    return { ...failed, message, log: await log(failed, api, namespace, mask) };
  } catch (error) {
    // A node that does not answer is no reason to say nothing of the rest.
    return {
      ...failed,
      message,
      log: [],
      withheld: `its log could not be read: ${(error as Error).message}`,
    };
  }
}

async function log(
  { pod, container, isPrevious }: FailedContainer,
  api: ApiServer,
  namespace: string,
  mask: Mask,
): Promise<string[]> {
  const query = `container=${container}&previous=${isPrevious}&tailLines=${lines}&limitBytes=${bytes}`;
  const text = await api.text(`/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`);
  const all = mask(text).trimEnd().split("\n");
  // What was cut off may end in half a secret.
  const whole = Buffer.byteLength(text) < bytes ? all : all.slice(0, -1);
  return whole.map((line) => (line.length > longest ? `${line.slice(0, longest)} …` : line));
}

function oneOfEach(failed: readonly FailedContainer[]): FailedContainer[] {
  return [...new Map(failed.map((each) => [`${each.container} ${each.exitCode}`, each])).values()];
}

function maskedStatus<W extends WorkloadStatus>(workload: W, mask: Mask | undefined): W {
  const masked = mask ? maskTexts(workload, mask) : workload;
  return {
    ...masked,
    notReady: masked.notReady.map(({ failed, ...pod }) => ({
      ...pod,
      // Their messages are with their last words.
      failed: failed.map(({ message: _, ...each }) => each),
    })),
  };
}
