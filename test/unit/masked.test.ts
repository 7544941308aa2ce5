import { expect, test } from "vitest";
import { mask } from "../../cluster/status/mask";
import { masked } from "../../cluster/status/masked";

test("whatever part of a status somebody else wrote, it shows no value of a Secret", async () => {
  const said = {
    jobs: [{ name: "hush-hush", refused: [{ because: [{ reason: "Failed", message: "as hush-hush" }] }] }],
    claims: [{ state: "not well", message: "Pending: volume of hush-hush" }],
    workloads: [{ autoscaler: { lacks: "no metrics with hush-hush" } }],
    waysIn: [{ problems: ["Gateway web, Accepted: hush-hush"] }],
    warnings: [{ reason: "Failed", message: "url redis://:hush-hush@redis" }],
  };
  expect(await masked(said, async () => mask(["hush-hush"]))).toEqual({
    // Names are the cluster's, and have to be found there.
    jobs: [{ name: "hush-hush", refused: [{ because: [{ reason: "Failed", message: "as [secret]" }] }] }],
    claims: [{ state: "not well", message: "Pending: volume of [secret]" }],
    workloads: [{ autoscaler: { lacks: "no metrics with [secret]" } }],
    waysIn: [{ problems: ["Gateway web, Accepted: [secret]"] }],
    warnings: [{ reason: "Failed", message: "url redis://:[secret]@redis" }],
  });
});
