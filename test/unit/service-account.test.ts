import { expect, test } from "vitest";
import { needsOf } from "../../cluster/comparison/needs";
import type { DeclaredResource } from "../../components/declared-resource";
import { declaredSystems } from "../../systems";
import type { KubernetesObject } from "../harness/kubernetes";
import { resourcesOf } from "./shipped-stack";
import { StackDirectory } from "./stack-directory";

/** The objects of a system in prod, as it becomes with these settings. */
async function objects(settings: string): Promise<readonly KubernetesObject[]> {
  using directory = new StackDirectory({ "stacks/prod/agentsmith.yml": "secrets: {}\n" });
  const [system] = declaredSystems(directory.parse(`config:\n  ${settings}\n`, { stack: "prod" }));
  const resources = await resourcesOf(system!, "prod");
  return resources.filter(({ type }) => type.startsWith("kubernetes:")).map(object);
}

function object({ inputs }: DeclaredResource): KubernetesObject {
  return inputs as unknown as KubernetesObject;
}

const named = (all: readonly KubernetesObject[], kind: string, name: string) =>
  all.find((each) => each.kind === kind && each.metadata.name === name)!;

const accounts = (all: readonly KubernetesObject[]) =>
  all.filter(({ kind }) => kind === "ServiceAccount").map(({ metadata }) => metadata.name);

test("a workload's own service account has annotations of one's own", async () => {
  const role = "eks.amazonaws.com/role-arn";
  const all = await objects(
    `muster:wbot: { ai: { serviceAccount: { annotations: { ${role}: "arn:aws:iam::1:role/ai" } } } }`,
  );
  expect(named(all, "ServiceAccount", "wbot-ai").metadata.annotations).toEqual({
    [role]: "arn:aws:iam::1:role/ai",
  });
  expect(named(all, "ServiceAccount", "wbot-web").metadata.annotations).toBeUndefined();
});

test("one that is there already takes its place, in pods, Job templates and what a dispatcher is told and may", async () => {
  const existing = (name: string) => `serviceAccount: { create: false, name: ${name} }`;
  const all = await objects(
    `muster:vomeet-bot: { bot: { ${existing("bots")} }, botManager: { ${existing("managers")} } }`,
  );
  expect(accounts(all)).not.toContain("vomeet-bot");
  expect(accounts(all)).not.toContain("bot-manager");
  const manager = named(all, "Deployment", "bot-manager").spec.template.spec;
  expect(manager.serviceAccountName).toBe("managers");
  expect(manager.containers[0].env).toContainEqual({ name: "K8S_SERVICE_ACCOUNT", value: "bots" });
  expect(named(all, "PodTemplate", "vomeet-bot").template.spec.serviceAccountName).toBe("bots");
  expect(named(all, "RoleBinding", "bot-manager").subjects).toMatchObject([{ name: "managers" }]);
  const policies = all.filter(({ kind }) => kind === "ValidatingAdmissionPolicy");
  const bound = policies.filter((each) =>
    JSON.stringify(each).includes("system:serviceaccount:vomeet-bot:managers"),
  );
  expect(bound.length).toBe(2);
});

test("one that is not there is named, with the command that makes it; a workload's own is not", async () => {
  const all = await objects("muster:wbot: { ai: { serviceAccount: { create: false, name: mine } } }");
  expect(needsOf(named(all, "Deployment", "wbot-web"), true)).toEqual([]);
  expect(needsOf(named(all, "Deployment", "wbot-ai"), true)).toMatchObject([
    {
      what: "ServiceAccount wbot/mine",
      mend: expect.stringContaining("kubectl create serviceaccount mine --namespace wbot"),
    },
  ]);
});

test("a certificate of one's own is what the Ingress serves, and is named where it is not there", async () => {
  const ingress = "ingress: { host: wbot.example.com, tls: true, certificate: mine }";
  const all = await objects(`muster:wbot: { ${ingress} }`);
  const made = named(all, "Ingress", "wbot-ingress");
  expect(made.spec.tls).toEqual([{ hosts: ["wbot.example.com"], secretName: "mine" }]);
  expect(needsOf(made, true)).toContainEqual(
    expect.objectContaining({
      what: "Secret wbot/mine with a certificate",
      mend: expect.stringContaining("kubectl create secret tls mine"),
    }),
  );
  const issued = await objects(
    `muster:wbot: { ${ingress.replace("certificate: mine", "issuer: letsencrypt")} }`,
  );
  expect(needsOf(named(issued, "Ingress", "wbot-ingress"), true).map(({ what }) => what)).toEqual([
    "IngressClass nginx",
    "ClusterIssuer letsencrypt of cert-manager",
  ]);
});
