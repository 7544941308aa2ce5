import { describe, expect, test } from "vitest";
import type { DeclaredResource } from "../../components/declared-resource";
import { declaredResources } from "../../components/declared-resources";
import { System } from "../../components/system";
import { connects, type End, podIn } from "../cluster/connectivity";
import type { KubernetesObject } from "../harness/kubernetes";
import { shippedSystem } from "./shipped-stack";
import { StackDirectory } from "./stack-directory";

const stack = (settings: string) => `config:\n  muster:agentsmith: {}\n  muster:cluster: ${settings}\n`;

/** agentsmith in prod, as it becomes on a cluster of which config says this. */
async function objects(cluster: string, ingress: object = {}): Promise<readonly KubernetesObject[]> {
  using directory = new StackDirectory();
  const { network, userIds } = directory.parse(stack(cluster)).cluster;
  const { declared, secrets } = shippedSystem("prod", "agentsmith");
  const resources = await declaredResources({ project: "muster", stack: "prod" }, () => {
    const changed = { ...declared, ingress: { ...declared.ingress!, ...ingress } };
    new System("agentsmith", { stack: "prod", declared: changed, secrets, network, userIds });
  });
  return resources.filter(({ type }) => type.startsWith("kubernetes:")).map(object);
}

function object({ inputs }: DeclaredResource): KubernetesObject {
  return inputs as unknown as KubernetesObject;
}

const dispatcher: End = {
  namespace: "agentsmith",
  namespaceLabels: { "kubernetes.io/metadata.name": "agentsmith" },
  labels: {
    "app.kubernetes.io/instance": "prod",
    "app.kubernetes.io/part-of": "agentsmith",
    "app.kubernetes.io/component": "dispatcher",
  },
};

/** Whether the dispatcher reaches a place, by the policies. */
const reaches = (made: readonly KubernetesObject[], to: End, port: number, protocol = "TCP") =>
  connects(policies(made), dispatcher, to, port, protocol);

const policies = (made: readonly KubernetesObject[]) => made.filter(({ kind }) => kind === "NetworkPolicy");

test("DNS is where the cluster has it, and nowhere else", async () => {
  const usual = await objects("{}");
  expect(reaches(usual, podIn("kube-system"), 53, "UDP")).toBe(true);
  const openshift = await objects("{ network: { dns: [{ namespace: openshift-dns, port: 5353 }] } }");
  expect(reaches(openshift, podIn("openshift-dns"), 5353, "UDP")).toBe(true);
  expect(reaches(openshift, podIn("openshift-dns"), 5353)).toBe(true);
  expect(reaches(openshift, podIn("kube-system"), 53, "UDP")).toBe(false);
  const cached = await objects(
    "{ network: { dns: [{ namespace: kube-system }, { cidrs: [169.254.20.10/32] }] } }",
  );
  expect(reaches(cached, { address: "169.254.20.10" }, 53, "UDP")).toBe(true);
  expect(reaches(cached, podIn("kube-system"), 53, "UDP")).toBe(true);
  expect(reaches(cached, { address: "169.254.169.254" }, 53, "UDP")).toBe(false);
});

test("the API server is where the cluster has it, and no other private address is open", async () => {
  const usual = await objects("{}");
  expect(reaches(usual, { address: "10.1.2.3" }, 6443)).toBe(true);
  const said = await objects("{ network: { apiServer: { cidrs: [10.0.0.1/32], ports: [16443] } } }");
  expect(reaches(said, { address: "10.0.0.1" }, 16443)).toBe(true);
  expect(reaches(said, { address: "10.1.2.3" }, 6443)).toBe(false);
  expect(reaches(said, { address: "10.1.2.3" }, 16443)).toBe(false);
  // The internet stays.
  expect(reaches(said, { address: "93.184.216.34" }, 443)).toBe(true);
});

test("with Cilium, who uses an API server on a node is led to it, and Cilium's own proxies come in", async () => {
  const made = async (cluster: string, ingress?: object) =>
    (await objects(cluster, ingress))
      .filter(({ kind }) => kind === "CiliumNetworkPolicy")
      .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  expect(await made("{}")).toEqual([]);
  const cilium = "{ network: { cilium: true } }";
  const toApi = { toEntities: ["kube-apiserver"], toPorts: [{ ports: [{ port: "443" }, { port: "6443" }] }] };
  const fromProxies = { fromEntities: ["ingress"], toPorts: [{ ports: [{ port: "8080" }] }] };
  expect(await made(cilium)).toMatchObject([
    {
      metadata: { name: "dispatcher" },
      spec: {
        endpointSelector: { matchLabels: dispatcher.labels },
        ingress: [fromProxies],
        egress: [toApi],
      },
    },
    { metadata: { name: "secret-rollout" }, spec: { egress: [toApi] } },
  ]);
  // Nodes are no addresses to it either.
  const [onNodes] = await made(cilium, { sourceCidrs: ["10.0.0.0/16"] });
  expect(onNodes!.spec.ingress[0].fromEntities).toEqual(["ingress", "remote-node"]);
});

test("the outside is reached over IPv6 where the cluster has it, its private addresses are not", async () => {
  const outside: End = { address: "2606:4700::1111" };
  expect(reaches(await objects("{}"), outside, 443)).toBe(false);
  // The API server may be anywhere, so that agents show what the internet is.
  const made = await objects("{ network: { ipv6: true } }");
  const agent = { ...dispatcher, labels: { ...dispatcher.labels, "app.kubernetes.io/component": "agent" } };
  const agentReaches = (address: string) => connects(policies(made), agent, { address }, 443);
  expect(agentReaches("2606:4700::1111")).toBe(true);
  expect(["fd00::1", "fe80::1", "fd00:ec2::254"].map(agentReaches)).toEqual([false, false, false]);
});

test("the way in comes from addresses where proxies are no pods of a namespace", async () => {
  const from: End = { address: "35.191.1.1" };
  const reached = (made: readonly KubernetesObject[]) => connects(policies(made), from, dispatcher, 8080);
  expect(reached(await objects("{}"))).toBe(false);
  const made = await objects("{}", { sourceCidrs: ["130.211.0.0/22", "35.191.0.0/16"] });
  expect(reached(made)).toBe(true);
  expect(connects(policies(made), { address: "35.190.0.1" }, dispatcher, 8080)).toBe(false);
  expect(connects(policies(made), podIn("ingress-nginx"), dispatcher, 8080)).toBe(true);
});

test("on OpenShift the namespace says which users pods run as", async () => {
  const usersOf = async (cluster: string) =>
    (await objects(cluster)).flatMap(({ kind, spec }) =>
      kind === "Deployment" ? [spec.template.spec.securityContext.runAsUser] : [],
    );
  expect((await usersOf("{}")).sort()).toEqual([1000, 999]);
  expect(await usersOf("{ userIds: namespace }")).toEqual([undefined, undefined]);
});

describe("refuses", () => {
  test.each([
    ["{ network: { dns: [] } }", "network.dns", /is empty/],
    ["{ network: { dns: [{ port: 53 }] } }", "network.dns[0].namespace", /missing/],
    [
      "{ network: { dns: [{ namespace: kube-system, cidrs: [10.0.0.10/32] }] } }",
      "network.dns[0].namespace",
      /beside addresses/,
    ],
    ["{ network: { apiServer: { ports: [6443] } } }", "network.apiServer.cidrs", /missing/],
    ["{ userIds: openshift }", "userIds", /none of these/],
  ])("%s", (settings, path, because) => {
    using directory = new StackDirectory();
    const { errors } = directory.refusal(stack(settings));
    expect(errors).toMatchObject([
      { path: `muster:cluster.${path}`, message: expect.stringMatching(because) },
    ]);
  });
});
