import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DeclaredResource } from "../../components/declared-resource";
import { declaredResources } from "../../components/declared-resources";
import { kubernetesApi, network } from "../../components/edge";
import { NetworkPolicies, type NetworkPoliciesArgs } from "../../components/network-policies";
import { declaredSystems } from "../../systems";
import { configOf, resourcesOf } from "./shipped-stack";

test.each(["full", "other"])(
  "no rule of stack %s opens every address or port by an empty list",
  async (name) => {
    const config = configOf("dev", readFileSync(join(__dirname, `${name}.stack.yaml`), "utf8"));
    const made = declaredSystems(config).map(({ declared, secrets }) =>
      // 1Password is not there to be asked.
      resourcesOf({ declared, secrets: { ...secrets, onepassword: undefined } }, config.stack, {
        network: { cilium: true },
      }),
    );
    const resources = (await Promise.all(made)).flat();
    const policies = resources.filter(({ type }) => type.endsWith(":NetworkPolicy"));
    expect(policies.length).toBeGreaterThan(20);
    expect(policies.flatMap(emptyLists)).toEqual([]);
    const ciliumPolicies = resources.filter(({ type }) => type.endsWith(":CiliumNetworkPolicy"));
    expect(ciliumPolicies.length).toBeGreaterThan(1);
    expect(ciliumPolicies.flatMap(emptyListsOfCilium)).toEqual([]);
  },
);

test("a workload without ports, and a network without addresses, stay closed", async () => {
  const server = { name: "server", ports: { http: 80 }, uses: [] };
  const silent = { name: "silent", ports: {}, uses: [] };
  const nowhere = network({ what: "nothing", cidrs: [], ports: [5432] });
  const user = { name: "user", uses: [server, silent, nowhere] };
  const policies = await policiesOf({
    workloads: [server, silent, user],
    exposed: { workloads: ["silent"], proxyNamespace: "ingress-nginx" },
  });
  const rules = policies.map(({ name, inputs }) => {
    const { ingress, egress } = inputs.spec as Spec;
    return [name.replace("shop-", ""), { in: ingress.length, out: egress.length }];
  });
  expect(Object.fromEntries(rules)).toEqual({
    server: { in: 1, out: 0 },
    silent: { in: 0, out: 0 },
    // To DNS, and to the server.
    user: { in: 0, out: 2 },
  });
  expect(policies.flatMap(emptyLists)).toEqual([]);
});

test("with Cilium too, and a range of ports stays one", async () => {
  const silent = { name: "silent", ports: {}, uses: [] };
  const noPorts = { ...kubernetesApi, ports: [] };
  const range = { ...kubernetesApi, ports: [{ protocol: "TCP", from: 6440, to: 6450 }] } as const;
  const policies = await policiesOf(
    {
      workloads: [
        silent,
        { name: "lost", uses: [noPorts] },
        { name: "server", ports: { http: 80 }, uses: [range] },
      ],
      exposed: { workloads: ["silent", "server"], proxyNamespace: "ingress-nginx", proxyCidrs: [] },
      network: { cilium: true },
    },
    ":CiliumNetworkPolicy",
  );
  expect(policies.map(({ inputs }) => inputs)).toMatchObject([
    {
      metadata: { name: "server" },
      spec: {
        ingress: [{ fromEntities: ["ingress"], toPorts: [{ ports: [{ port: "80", protocol: "TCP" }] }] }],
        egress: [
          {
            toEntities: ["kube-apiserver"],
            toPorts: [{ ports: [{ port: "6440", endPort: 6450, protocol: "TCP" }] }],
          },
        ],
      },
    },
  ]);
});

interface Spec {
  readonly ingress: readonly Record<string, unknown>[];
  readonly egress: readonly Record<string, unknown>[];
}

async function policiesOf(
  args: Omit<NetworkPoliciesArgs, "system">,
  kind = ":NetworkPolicy",
): Promise<readonly DeclaredResource[]> {
  const system = {
    name: "shop",
    stack: "dev",
    namespace: "shop-dev",
    imagePullPolicy: "Always",
    imagePullSecrets: [],
    admissionPolicies: false,
  } as const;
  const resources = await declaredResources({ project: "muster", stack: "dev" }, () => {
    new NetworkPolicies("shop", { system, ...args });
  });
  return resources.filter(({ type }) => type.endsWith(kind));
}

/** The rules of a policy in which a list is empty or left out: to Kubernetes, each stands for all there is. */
function emptyLists({ name, inputs }: DeclaredResource): string[] {
  const { ingress = [], egress = [] } = inputs.spec as Partial<Spec>;
  const lists = [
    ...ingress.flatMap(({ from, ports }, index) => [
      [`ingress[${index}].from`, from] as const,
      [`ingress[${index}].ports`, ports] as const,
    ]),
    ...egress.flatMap(({ to, ports }, index) => [
      [`egress[${index}].to`, to] as const,
      [`egress[${index}].ports`, ports] as const,
    ]),
  ];
  return lists
    .filter(([, list]) => !Array.isArray(list) || list.length === 0)
    .map(([path]) => `${name} ${path}`);
}

/** The same of a CiliumNetworkPolicy. */
function emptyListsOfCilium({ name, inputs }: DeclaredResource): string[] {
  const { ingress = [], egress = [] } = inputs.spec as Partial<Spec>;
  const lists = [...ingress, ...egress].flatMap(({ fromEntities, toEntities, toPorts }) => {
    const ports = (toPorts as { ports: unknown[] }[] | undefined)?.map(({ ports }) => ports) ?? [];
    return [fromEntities ?? toEntities, ports, ...ports];
  });
  return lists.some((list) => !Array.isArray(list) || list.length === 0) ? [name] : [];
}
