import { expect, test } from "vitest";
import type { ApiServer } from "../../cluster/api-server";
import { masked } from "../../cluster/status/masked";

// All that it is asked for: the list of Secrets.
const api = {
  list: async () => [{ data: { password: Buffer.from("hush-hush").toString("base64") } }],
} as unknown as ApiServer;

test("whatever part of a status somebody else wrote, it shows no value of a Secret", async () => {
  const said = {
    jobs: [{ name: "hush-hush", refused: [{ because: [{ reason: "Failed", message: "as hush-hush" }] }] }],
    claims: [{ state: "not well", message: "Pending: volume of hush-hush" }],
    workloads: [{ autoscaler: { lacks: "no metrics with hush-hush" } }],
    waysIn: [{ problems: ["Gateway web, Accepted: hush-hush"] }],
    warnings: [{ reason: "Failed", message: "url redis://:hush-hush@redis" }],
  };
  expect(await masked(said, api, "shop")).toEqual({
    // Names are the cluster's, and have to be found there.
    jobs: [{ name: "hush-hush", refused: [{ because: [{ reason: "Failed", message: "as [secret]" }] }] }],
    claims: [{ state: "not well", message: "Pending: volume of [secret]" }],
    workloads: [{ autoscaler: { lacks: "no metrics with [secret]" } }],
    waysIn: [{ problems: ["Gateway web, Accepted: [secret]"] }],
    warnings: [{ reason: "Failed", message: "url redis://:[secret]@redis" }],
  });
});
