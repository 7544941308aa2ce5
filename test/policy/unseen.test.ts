import { describe, expect, test } from "vitest";
import { examine } from "../../policies/examine";
import { Field, unknown } from "../../policies/field";
import { Resource } from "../../policies/resource";
import { unseenObjects } from "../../policies/visibility/unseen-objects";

const said = (type: string, body: object = {}) =>
  examine(unseenObjects, new Resource(type, "main", new Field(body)), {}).map(({ field, note }) =>
    [field.path, note].filter(Boolean).join(": "),
  );

describe("what brings objects that the pack is not shown", () => {
  test.each([
    "kubernetes:helm.sh/v3:Release",
    "helm:index/release:Release",
    "kubectl:index/manifest:Manifest",
    "kustomization:index/resource:Resource",
    "kubernetes:index/deployment:Deployment",
    "argocd:index/application:Application",
    "flux:index/fluxBootstrapGit:FluxBootstrapGit",
    "aws:eks/addon:Addon",
    "aws-native:eks:Addon",
    "azure-native:kubernetesconfiguration:Extension",
    "azure-native:kubernetesconfiguration/v20230501:FluxConfiguration",
    "azure:containerservice/kubernetesClusterExtension:KubernetesClusterExtension",
    "gcp:gkehub/feature:Feature",
    "rancher2:index/appV2:AppV2",
    "kubernetes:argoproj.io/v1alpha1:ApplicationSet",
    "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
    "kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization",
    "kubernetes:helm.cattle.io/v1:HelmChart",
    "kubernetes:operators.coreos.com/v1alpha1:Subscription",
    "kubernetes:pkg.crossplane.io/v1:Provider",
    "kubernetes:addons.cluster.x-k8s.io/v1beta1:ClusterResourceSet",
  ])("%s", (type) => {
    expect(said(type)).toHaveLength(1);
  });

  test("a command that runs a tool for clusters, and one that is not known yet", () => {
    expect(said("command:local:Command", { create: "kubectl apply -f -" })).toEqual([
      "create: it runs kubectl",
    ]);
    expect(said("command:remote:Command", { update: "sudo helm upgrade web ." })).toEqual([
      "update: it runs helm",
    ]);
    expect(said("command:local:Command", { stdin: "oc login" })).toEqual(["stdin: it runs oc"]);
    expect(said("command:local:Command", { create: unknown })).toEqual(["create"]);
    expect(said("command:local:Command", { create: "openssl rand 32" })).toEqual([]);
  });

  test("a dynamic provider whose code speaks of Kubernetes, or cannot be read", () => {
    const code = (text: string) => ({ __provider: text });
    expect(said("pulumi-nodejs:dynamic:Resource", code('require("@kubernetes/client-node")'))).toEqual([
      "__provider: its code speaks of Kubernetes",
    ]);
    expect(said("pulumi-nodejs:dynamic/shop:Thing", code("fetch(url)"))).toEqual([]);
    expect(said("pulumi-nodejs:dynamic:Resource", { __provider: unknown })).toEqual(["__provider"]);
    expect(said("pulumi-python:dynamic:Resource", code("gASV"))).toEqual([
      "__provider: what it does cannot be read",
    ]);
    expect(said("my-pulumi-nodejs:dynamic:Resource", code("kubectl"))).toEqual([]);
  });

  test("a component whose manifests are not known yet", () => {
    expect(said("kubernetes:yaml/v2:ConfigGroup", { files: unknown })).toEqual(["files"]);
    expect(said("kubernetes:helm.sh/v4:Chart", { chart: "web", values: unknown })).toEqual(["values"]);
    expect(said("kubernetes:apps/v1:Deployment", { spec: unknown })).toEqual([]);
  });
});

test.each([
  "kubernetes:helm.sh/v3:Chart",
  "kubernetes:helm.sh/v4:Chart",
  "kubernetes:yaml:ConfigFile",
  "kubernetes:yaml/v2:ConfigGroup",
  "kubernetes:kustomize:Directory",
  "kubernetes:kustomize/v2:Directory",
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:DeploymentPatch",
  "pulumi:providers:kubernetes",
  "random:index/randomPassword:RandomPassword",
])("%s registers what it brings", (type) => {
  expect(said(type, { files: ["a.yaml"] })).toEqual([]);
});
