import { expect, test } from "vitest";
import { Field } from "../../policies/field";
import { Resource } from "../../policies/resource";

/** The objects in what a program registers, and what messages call it. */
const seen = (type: string, body: object = {}) => {
  const { objects, label } = new Resource(type, "web", new Field(body));
  const shown = objects.map((each) => `${each.apiVersion} ${each.label}${each.isPatch ? ", a patch" : ""}`);
  return { objects: shown, label };
};

test.each([
  ["kubernetes:core/v1:Pod", "v1 Pod default/web"],
  ["kubernetes:apps/v1:Deployment", "apps/v1 Deployment default/web"],
  ["kubernetes:apps/v1:DeploymentPatch", "apps/v1 Deployment default/web, a patch"],
  ["kubernetes:core/v1:Namespace", "v1 Namespace web"],
  ["kubernetes:helm.shop.io/v1:Chart", "helm.shop.io/v1 Chart default/web"],
  ["kubernetes:yaml.shop.io/v1:ConfigFile", "yaml.shop.io/v1 ConfigFile default/web"],
  ["kubernetes:score/v1:Sheet", "score/v1 Sheet default/web"],
  ["kubernetes:shop.io/core/v1:Sheet", "shop.io/core/v1 Sheet default/web"],
  ["kubernetes:shop.io/v1:Patchwork", "shop.io/v1 Patchwork default/web"],
  ["kubernetes:shop.io/v1:Listing", "shop.io/v1 Listing default/web"],
])("%s is %s", (type, object) => expect(seen(type).objects).toEqual([object]));

test.each([
  "kubernetes:yaml:ConfigFile",
  "kubernetes:yaml/v2:ConfigGroup",
  "kubernetes:kustomize/v2:Directory",
  "kubernetes:helm.sh/v3:Release",
  "kubernetes:index/deployment:Deployment",
  "pulumi:providers:kubernetes",
  "aws:apps/v1:Deployment",
  "kubernetes:apps/v1",
])("%s is none of Kubernetes' objects", (type) => expect(seen(type).objects).toEqual([]));

test("a kind that ends in Patch may be one", () => {
  const { objects } = seen("kubernetes:shop.io/v1:Patch", { kind: "Patch" });
  expect(objects).toEqual(["shop.io/v1 Patch default/web"]);
});

test("a list holds objects, each of its own kind or of the list's", () => {
  const items = [{}, { metadata: { name: "b" } }, { apiVersion: "apps/v1", kind: "Deployment" }];
  expect(seen("kubernetes:core/v1:ConfigMapList", { items })).toEqual({
    objects: ["v1 ConfigMap default/web-0", "v1 ConfigMap default/b", "apps/v1 Deployment default/web-2"],
    label: "ConfigMapList web",
  });
});

test("what is called a list and has no items is an object", () => {
  expect(seen("kubernetes:shop.io/v1:PriceList").objects).toEqual(["shop.io/v1 PriceList default/web"]);
});

test("what has items and is called no list is an object", () => {
  const { objects } = seen("kubernetes:shop.io/v1:Price", { items: [{}, {}] });
  expect(objects).toEqual(["shop.io/v1 Price default/web"]);
});

test("messages name the object where there is one, and else what is registered", () => {
  expect(seen("kubernetes:core/v1:ConfigMapList", { items: [{}] }).label).toBe("ConfigMap default/web-0");
  expect(seen("command:local:Command").label).toBe("Command web");
});
