import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConnectServer } from "../../tools/onepassword-connect";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { everythingSaid, expectNowhere } from "./markers";
import { secretValues } from "./secrets";

// Pulumi's own provider, against a stand-in of 1Password Connect. The tests build on each other, in this order.
describe("agentsmith with secrets of 1Password, read by Pulumi", () => {
  const api = kubernetes();
  const name = "agentsmith-dev";
  const values = {
    "anthropic-api-key": "sk-ant-provider-marker",
    "slack-bot-token": "xoxb-provider/marker=",
  };
  const signing = "provider marker";
  let connect: ConnectServer;
  let workspace: Workspace;

  beforeAll(async () => {
    connect = await new ConnectServer({
      Platform: { agentsmith: values, slack: { "signing secret": signing } },
    }).start();
    connect.latency = 50;
    workspace = await createWorkspace("dev", { only: "agentsmith", parts: ["provider-onepassword"] });
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text.replace(
        "muster:agentsmith:",
        `$&
    secrets:
      onepassword: { vault: Platform, item: agentsmith }
      keys:
        anthropic-api-key: { source: onepassword }
        slack-bot-token: { source: onepassword }
        slack-signing-secret: { source: onepassword, item: slack, field: signing secret }`,
      ),
    );
    await workspace.succeeds("config", "set", "onepassword:url", connect.url);
    await workspace.succeeds("config", "set", "--secret", "onepassword:token", connect.token);
  });
  afterAll(async () => {
    await workspace?.dispose();
    await connect?.stop();
  });

  test("fields of two items are keys of one Secret", async () => {
    await workspace.succeeds("up", "--yes", "--skip-preview");
    expect(await secretData()).toMatchObject({ ...values, "slack-signing-secret": signing });
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  test("a changed field rolls what reads it, with the next up", async () => {
    const before = await templateDigest();
    connect.set("Platform", "agentsmith", "slack-bot-token", "xoxb-provider-marker-2");
    await workspace.succeeds("up", "--yes", "--skip-preview");
    expect((await secretData())["slack-bot-token"]).toBe("xoxb-provider-marker-2");
    expect(await templateDigest()).not.toBe(before);
  });

  test("no value is in the state, in what Pulumi says, or in any object but the Secret", async () => {
    const all = Object.values(await secretData());
    expectNowhere([...Object.values(values), ...all], await everythingSaid(workspace, api));
  });

  test("a field that is not there is said by the preview, with those that are", async () => {
    await workspace.edit("Pulumi.dev.yaml", (text) => text.replace("signing secret", "sining secret"));
    const { exitCode, output } = await workspace.pulumi("preview");
    expect(exitCode).not.toBe(0);
    expect(output).toContain(
      '1Password\'s item Platform/slack has no field "sining secret"; it has signing secret',
    );
    expectNowhere([signing], { output });
    await workspace.edit("Pulumi.dev.yaml", (text) => text.replace("sining secret", "signing secret"));
  });

  test("an item that is not there is said by the preview", async () => {
    await workspace.edit("Pulumi.dev.yaml", (text) => text.replace("item: slack", "item: slak"));
    const { exitCode, output } = await workspace.pulumi("preview");
    expect(exitCode).not.toBe(0);
    expect(output).toContain("slak");
    await workspace.edit("Pulumi.dev.yaml", (text) => text.replace("item: slak", "item: slack"));
  });

  test("a refused token is said, after few tries", async () => {
    const begin = connect.answered.length;
    connect.token = "another";
    const { exitCode, output } = await workspace.pulumi("preview");
    expect(exitCode).not.toBe(0);
    expect(output).toContain("Invalid token signature");
    expect(connect.answered.length - begin).toBeLessThan(10);
  });

  const secretData = () => secretValues(api, name, "agentsmith-secrets");

  async function templateDigest(): Promise<string> {
    const { spec } = await api.get(`/apis/apps/v1/namespaces/${name}/deployments/dispatcher`);
    return spec.template.metadata.annotations["muster.dev/secrets"];
  }
});
