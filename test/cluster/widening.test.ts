import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeclaredObject } from "../../cluster/comparison/declared-objects";
import { inTheWay, widened } from "../../cluster/comparison/report";
import { kubernetes } from "../harness/kubernetes";
import { configOf } from "../unit/shipped-stack";
import { declaredOf, held, usersCluster } from "./declared-on-cluster";

describe("what is not a stack's own and opens what it narrows", () => {
  const api = kubernetes();
  const namespace = "/api/v1/namespaces/agentsmith";
  const policies = "/apis/networking.k8s.io/v1/namespaces/agentsmith/networkpolicies";
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const bindings = `${rbac}/namespaces/agentsmith/rolebindings`;
  const clusterBindings = `${rbac}/clusterrolebindings`;
  const dispatcher = { kind: "ServiceAccount", name: "dispatcher", namespace: "agentsmith" };
  const roleRef = (name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name });
  let declared: readonly DeclaredObject[];

  beforeAll(async () => {
    declared = await declaredOf(configOf("prod"));
    await api.create("/api/v1/namespaces", { metadata: { name: "agentsmith" } });
  });
  afterAll(async () => {
    for (const path of [namespace, `${clusterBindings}/all-may`, `${clusterBindings}/elsewhere`])
      await api.delete(path).catch(() => {});
  });

  const said = async (inRecord: readonly DeclaredObject[] = []) =>
    widened(await held(declared, await usersCluster(), inRecord));

  test("is nothing in a cluster as it comes, nor what closes, nor what is given to others", async () => {
    await api.create(policies, {
      metadata: { name: "closes" },
      spec: { podSelector: {}, policyTypes: ["Egress"] },
    });
    await api.create(bindings, {
      metadata: { name: "people" },
      roleRef: roleRef("edit"),
      subjects: [
        { kind: "User", name: "jane" },
        { kind: "ServiceAccount", name: "default", namespace: "agentsmith" },
      ],
    });
    await api.create(clusterBindings, {
      metadata: { name: "elsewhere" },
      roleRef: roleRef("view"),
      subjects: [{ ...dispatcher, namespace: "default" }],
    });
    expect(await said()).toBeUndefined();
  });

  test("is said with what it opens and who wrote it, once each", async () => {
    await api.create(`${policies}?fieldManager=kubectl-create`, {
      metadata: { name: "debug" },
      spec: { podSelector: { matchLabels: { app: "x" } }, ingress: [{}], egress: [{}] },
    });
    await api.create(bindings, {
      metadata: { name: "more" },
      roleRef: roleRef("edit"),
      subjects: [dispatcher],
    });
    await api.create(clusterBindings, {
      metadata: { name: "all-may" },
      roleRef: roleRef("cluster-admin"),
      subjects: [{ kind: "Group", name: "system:serviceaccounts:agentsmith" }],
    });
    const lines = (await said())!.split("\n").slice(1);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(
      /NetworkPolicy agentsmith\/debug lets traffic of pods app=x in: \[\{\}\], out: \[\{\}\] \(kubectl-create, 20/,
    );
    expect(lines[1]).toContain(
      "RoleBinding agentsmith/more gives ServiceAccount dispatcher the rights of ClusterRole edit (",
    );
    expect(lines[2]).toContain(
      "ClusterRoleBinding all-may gives Group system:serviceaccounts:agentsmith the rights of ClusterRole cluster-admin in the whole cluster",
    );
  });

  test("stops an update where config says so, and is left in silence where it says that", async () => {
    const heldWith = async (action: "fail" | "leave") => {
      const handlings = [{ kind: "NetworkPolicy", name: "debug", action }];
      return held(declared, await usersCluster(), declared, { handlings });
    };
    const [failing, left] = [await heldWith("fail"), await heldWith("leave")];
    expect(inTheWay(failing).join()).toContain("NetworkPolicy agentsmith/debug lets traffic of pods app=x");
    expect(inTheWay(left).join()).not.toContain("debug");
    expect(widened(left)).not.toContain("debug");
  });

  test("is not what the stack itself has made, and this update removes", async () => {
    const [any] = declared;
    const debug = {
      ...any!,
      manifest: { kind: "NetworkPolicy", metadata: { name: "debug", namespace: "agentsmith" } },
    };
    expect(await said([debug as DeclaredObject])).not.toContain("NetworkPolicy");
  });
});
