import { expect, test } from "vitest";
import { lackInWords } from "../../cluster/comparison/lacks";
import { withoutWay } from "../../cluster/comparison/way-to-api-server";
import { withPrerequisites } from "../../cluster/prerequisites";
import { declaredResources } from "../../components/declared-resources";
import { System } from "../../components/system";
import type { KubernetesObject } from "../harness/kubernetes";
import { clusterThatServes } from "./cluster-that-serves";
import { shippedSystem } from "./shipped-stack";

/** agentsmith in prod, on a cluster whose network config says this of. */
async function manifests(network?: object): Promise<KubernetesObject[]> {
  const made = await declaredResources({ project: "muster", stack: "prod" }, () => {
    new System("agentsmith", { stack: "prod", ...shippedSystem("prod", "agentsmith"), network });
  });
  return made.flatMap(({ type, inputs }) =>
    type.startsWith("kubernetes:") ? [inputs as unknown as KubernetesObject] : [],
  );
}

const server = (addresses: readonly string[], port: number) => ({
  endpoints: [{ addresses }],
  ports: [{ port }],
});
const node = (address: string) => ({ status: { addresses: [{ type: "InternalIP", address }] } });
const slices = "/endpointslices";
const nodes = "/nodes";

async function said(network: object | undefined, lists: Readonly<Record<string, readonly object[]>>) {
  const serves = lists[nodes] ? ["cilium.io/v2 CiliumNetworkPolicy"] : [];
  const { found, unchecked } = await withoutWay(
    await manifests(network),
    await clusterThatServes(serves, lists),
  );
  return [...found.map(lackInWords), ...unchecked.map(({ what }) => what)];
}

const users = "for CronJob agentsmith/secret-rollout, Deployment agentsmith/dispatcher";

test("an API server where the policies lead is not spoken of", async () => {
  expect(await said(undefined, { [slices]: [server(["10.0.0.1"], 6443)] })).toEqual([]);
  const apiServer = { cidrs: ["10.0.0.0/24"], ports: [16443] };
  expect(await said({ apiServer }, { [slices]: [server(["10.0.0.1", "10.0.0.2"], 16443)] })).toEqual([]);
});

test("on another port, or at another address than config says, it is told by the config that leads there", async () => {
  expect(await said(undefined, { [slices]: [server(["10.0.0.1"], 16443)] })).toEqual([
    `a way to the API server at 10.0.0.1:16443, ${users}: the stack's policies do not lead there; set muster:cluster.network.apiServer: { cidrs: [10.0.0.1/32], ports: [16443] }`,
  ]);
  const apiServer = { cidrs: ["10.0.0.1/32"], ports: [6443] };
  const [other] = await said({ apiServer }, { [slices]: [server(["10.0.0.1", "10.0.0.2"], 6443)] });
  expect(other).toMatch(/at 10\.0\.0\.2:6443.*\{ cidrs: \[10\.0\.0\.1\/32, 10\.0\.0\.2\/32\]/);
  const [v6] = await said(undefined, { [slices]: [server(["fd00::1"], 6443)] });
  expect(v6).toMatch(/at \[fd00::1\]:6443.*cidrs: \[fd00::1\/128\]/);
});

test("on a node of a cluster with Cilium no address leads there, until config says that it is Cilium", async () => {
  const onNode = { [slices]: [server(["10.0.0.1"], 6443)], [nodes]: [node("10.0.0.1")] };
  expect(await said(undefined, onNode)).toEqual([
    `a way to the API server at 10.0.0.1:6443, ${users}: the stack's policies do not lead there; it is on a node, which to Cilium is no address: set muster:cluster.network.cilium: true`,
  ]);
  expect(await said({ cilium: true }, onNode)).toEqual([]);
  // A cloud's API server is on none.
  expect(await said(undefined, { ...onNode, [nodes]: [node("10.0.0.7")] })).toEqual([]);
});

test("who may not look is told so", async () => {
  expect(await said(undefined, {})).toEqual(["the way to the API server"]);
});

test("policies of Cilium are asked for before anything is made, and left out where nothing enforces any", async () => {
  const asked = { systems: [shippedSystem("prod", "wbot")], network: { cilium: true } };
  const without = await clusterThatServes(["cilium.io/v2 CiliumClusterwideNetworkPolicy"]);
  await expect(withPrerequisites(asked, without)).rejects.toThrow(
    /muster:cluster\.network\.cilium needs Cilium, which the cluster does not have \(it serves no CiliumNetworkPolicy of cilium\.io\/v2\)/,
  );
  const local = await withPrerequisites(asked, { ...without, isLocal: true });
  expect(local.network).toEqual({ cilium: false });
  const serving = await clusterThatServes(["cilium.io/v2 CiliumNetworkPolicy"]);
  expect((await withPrerequisites(asked, serving)).network).toEqual({ cilium: true });
});
