import { expect, it } from "vitest";
import { placeAhead } from "../../cluster/kubectl-proxy";

const given = (cluster: unknown) => ({
  PULUMI_CONFIG: JSON.stringify({ "muster:cluster": JSON.stringify(cluster) }),
});

it("leads where the stack's config says, before that is read", () => {
  expect(placeAhead(given({ name: "eu", context: "prod-eu" }))).toEqual({ context: "prod-eu" });
  expect(placeAhead(given({ name: "eu" }))).toEqual({});
  expect(placeAhead({})).toEqual({});
});

it("leads to the local cluster, whatever the config says", () => {
  const local = { ...given({ context: "prod-eu" }), MUSTER_LOCAL_KUBECONFIG: "/local" };
  expect(placeAhead(local)).toEqual({ kubeconfig: "/local" });
});

it("leaves it to the program to say what is wrong with the config", () => {
  for (const wrong of [{ context: 5 }, null, "text"]) expect(placeAhead(given(wrong))).toEqual({});
  expect(placeAhead({ PULUMI_CONFIG: JSON.stringify({ "muster:cluster": "{" }) })).toEqual({});
});
