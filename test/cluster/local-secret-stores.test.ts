import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Kubernetes } from "../../tools/kubernetes";
import { Checkout } from "../harness/checkout";
import { secretValues } from "./secrets";

// The stacks as they ship, on a local cluster as npm start makes it. The tests build on each other, in this order.
describe("npm start of a stack whose secrets come from a store", () => {
  let checkout: Checkout;
  let api: Kubernetes;

  beforeAll(() => {
    checkout = new Checkout();
    checkout.leaveAlone("staging", "vomeet-bot");
    checkout.leaveAlone("prod", "agentsmith");
  });
  afterAll(() => checkout.dispose());

  test("staging: the operator brings what a Secret of another namespace holds, and 1Password the rest", async () => {
    await starts("staging");
    api = await checkout.kubernetes();
    const urls = await secretValues(api, "vomeet-staging", "vomeet-bot-urls");
    expect(Object.keys(urls)).toEqual(["REDIS_URL", "WHISPER_LIVE_URL"]);
    const brought = await secretValues(api, "vomeet-bot-staging", "vomeet-bot-secrets");
    expect(brought).toEqual({
      "redis-url": urls.REDIS_URL,
      "whisper-live-url": urls.WHISPER_LIVE_URL,
      ...vaults().Staging!["vomeet-bot"],
    });
    expect(Object.keys(brought)).toHaveLength(4);
  });

  test("prod: it brings what the stand-in of 1Password holds, and the screen shows no value", async () => {
    const output = await starts("prod");
    const stored = vaults().Production!.agentsmith!;
    expect(await inProd()).toMatchObject(stored);
    for (const value of Object.values(stored)) expect(output).not.toContain(value);
  });

  test("whoever edits the vaults has changed them, and the operator brings that too", async () => {
    const edited = vaults();
    edited.Production!.agentsmith!["slack-bot-token"] = "xoxb-edited";
    writeFileSync(vaultsFile(), JSON.stringify(edited));
    const sync = "kubectl annotate externalsecret agentsmith-secrets --namespace agentsmith --overwrite";
    let times = 0;
    const token = async () => {
      await checkout.shell(`${sync} force-sync=${times++}`);
      return (await inProd())["slack-bot-token"];
    };
    await expect.poll(token, { interval: 1000 }).toBe("xoxb-edited");
  });

  test("npm run stop ends operator and stand-in with the cluster, and npm start goes on with all of it", async () => {
    const before = await inProd();
    expect(checkout.clusterProcesses()).toHaveLength(7);
    await checkout.stop();
    expect(checkout.clusterProcesses()).toEqual([]);
    await starts("prod");
    expect(checkout.clusterProcesses()).toHaveLength(7);
    expect(await inProd()).toEqual(before);
    await checkout.shell("pulumi up --yes --skip-preview --expect-no-changes --stack prod");
  });

  const inProd = () => secretValues(api, "agentsmith", "agentsmith-secrets");

  async function starts(stack: string): Promise<string> {
    const { exitCode, all } = await checkout.start(stack);
    expect(exitCode, all).toBe(0);
    return all!;
  }

  function vaults(): Record<string, Record<string, Record<string, string>>> {
    return JSON.parse(readFileSync(vaultsFile(), "utf8"));
  }

  const vaultsFile = () => checkout.stateFiles().find((path) => path.endsWith("/vaults.json"))!;
});
