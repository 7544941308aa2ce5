import { Kueue } from "../../tools/kueue";
import { localParts } from "../../tools/local";
import { toolchain } from "../../tools/toolchain";
import { testCluster } from "./cluster";

/** Kueue for the test cluster, neither installed nor started. */
export async function kueueOfTest(): Promise<Kueue> {
  return new Kueue(await testCluster(), await toolchain([...localParts, "kueue"]));
}
