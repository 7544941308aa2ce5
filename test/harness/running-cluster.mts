import { localParts } from "../../tools/local.js";
import { startCluster } from "../../tools/make-cluster.js";
import { toolchain } from "../../tools/toolchain.js";
import { clusterDirectory } from "./cluster.js";
import { emptyCluster } from "./empty-cluster.js";

// Vitest's set-up for each file that needs a cluster: the worker's, with nothing in it that another file left.
await startCluster({ directory: clusterDirectory(), nodes: 6, programs: await toolchain(localParts) });
await emptyCluster();
