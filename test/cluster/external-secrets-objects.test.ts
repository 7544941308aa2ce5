import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExternalSecretsOperator } from "../../tools/external-secrets";
import { externalSecretsOperator } from "../harness/external-secrets";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";

const api = kubernetes();

// What no operator here can act on, as the API server takes it: the test itself says that it is ready.
describe("objects for the External Secrets Operator", () => {
  const name = "agentsmith-staging";
  let operator: ExternalSecretsOperator;
  let workspace: Workspace;

  beforeAll(async () => {
    operator = await externalSecretsOperator();
    await operator.install();
    workspace = await createWorkspace("staging", { only: "agentsmith" });
    await api.apply("/api/v1/namespaces/team-secrets", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "team-secrets" },
    });
  });
  afterAll(async () => {
    await workspace?.dispose();
    await operator?.uninstall();
  });

  test("where v1beta1 is all there is they are of that version, and the same ones once v1 is served too", async () => {
    await serve("v1beta1");
    try {
      await upWithReady("v1beta1");
      const { deployment } = JSON.parse(await workspace.succeeds("stack", "export"));
      const made = deployment.resources.flatMap(({ type }: { type: string }) =>
        type.includes("external-secrets.io") ? type : [],
      );
      expect(made.sort()).toEqual([
        "kubernetes:external-secrets.io/v1beta1:ExternalSecret",
        "kubernetes:external-secrets.io/v1beta1:SecretStore",
      ]);
      const uid = async () =>
        (await api.get(`${objects("v1beta1")}/externalsecrets/agentsmith-secrets`)).metadata.uid;
      const before = await uid();
      await serve("v1", "v1beta1");
      await upWithReady("v1");
      expect(await uid()).toBe(before);
      await workspace.succeeds("destroy", "--yes", "--skip-preview");
    } finally {
      await serve("v1");
    }
  });

  test("a service account of 1Password: without its token, the local cluster has placeholders", async () => {
    await workspace.edit("Pulumi.staging.yaml", (text) =>
      text.replace(/kubernetes: \{.*\}/, "onepasswordServiceAccount: { vault: Platform, item: agentsmith }"),
    );
    const output = await workspace.succeeds("preview");
    expect(output).toMatch(/placeholders stand for secrets without a value: .*slack-bot-token/);
    expect(output).not.toContain("SecretStore");
  });

  test("with it, a store of the namespace that reads the token in a Secret", async () => {
    await workspace.succeeds("config", "set", "--secret", "agentsmith:onepassword-token", "ops_known");
    await upWithReady("v1");
    const { spec } = await api.get(`${objects("v1")}/secretstores/secrets`);
    expect(spec.provider.onepasswordSDK).toMatchObject({
      vault: "Platform",
      auth: { serviceAccountSecretRef: { name: "secret-store", key: "token" } },
    });
    const { data } = await api.get(`/api/v1/namespaces/${name}/secrets/secret-store`);
    expect(Buffer.from(data.token, "base64").toString()).toBe("ops_known");
  });

  const objects = (version: string) => `/apis/external-secrets.io/${version}/namespaces/${name}`;

  /** `pulumi up`, during which every object of the operator's is said to be ready once it is there. */
  async function upWithReady(version: string): Promise<void> {
    const condition = { type: "Ready", status: "True", lastTransitionTime: new Date().toISOString() };
    const paths = ["secretstores/secrets", "externalsecrets/agentsmith-secrets"];
    const up = workspace.succeeds("up", "--yes", "--skip-preview");
    const ended = up.then(
      () => true,
      () => true,
    );
    while (!(await Promise.race([ended, setTimeout(500)])))
      for (const path of paths)
        await api
          .patch(`${objects(version)}/${path}/status`, { status: { conditions: [condition] } })
          .catch(() => {}); // not there yet
    await up;
  }
});

/** Has the API server serve these versions alone of the operator's kinds. */
async function serve(...wanted: string[]): Promise<void> {
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  for (const { metadata, spec } of await api.list(path)) {
    if (!metadata.name.endsWith(".external-secrets.io")) continue;
    const versions = spec.versions.map((each: { name: string }) => ({
      ...each,
      served: wanted.includes(each.name),
    }));
    // Those of generators have one version only.
    if (versions.some(({ served }: { served: boolean }) => served))
      await api.patch(`${path}/${metadata.name}`, { spec: { versions } });
  }
  const served = async () => {
    const { groups } = await api.get("/apis");
    const { versions } = groups.find(({ name }: { name: string }) => name === "external-secrets.io");
    return versions
      .map((each: { version: string }) => each.version)
      .filter((each: string) => /^v1(beta1)?$/.test(each));
  };
  while ((await served()).join() !== wanted.join()) await setTimeout(100);
}
