import { setTimeout } from "node:timers/promises";
import { KubernetesError } from "./api-server";

/**
 * Asks again where an API server does not answer, or fails itself: it may answer the next time. What it refuses, it
 * refuses again. By default five tries.
 */
export async function triedAgain<T>(ask: () => Promise<T>, tries = 5): Promise<T> {
  for (let left = tries - 1; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || (error instanceof KubernetesError && error.status < 500)) throw error;
      await setTimeout(2000);
    }
  }
}
