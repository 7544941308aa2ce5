import { localParts } from "../../tools/local.js";
import { startCluster } from "../../tools/make-cluster.js";
import { toolchain } from "../../tools/toolchain.js";
import { claimCluster } from "./cluster.js";
import { emptyCluster } from "./empty-cluster.js";

// Vitest's set-up for each file that needs a cluster: one that no other worker has, with nothing in it that another
// file left.
const directory = await claimCluster();
await startCluster({ directory, nodes: 6, programs: await toolchain(localParts) });
await emptyCluster();
