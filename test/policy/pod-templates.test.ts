import * as kubernetes from "@pulumi/kubernetes";
import { describe, expect, test } from "vitest";
import { container, findings, type Json, podSpec, told } from "./objects";

const root = podSpec({
  securityContext: { runAsUser: 0, runAsNonRoot: true, seccompProfile: { type: "Localhost" } },
});
const template = { spec: root };

const bodies: Readonly<Record<string, Json>> = {
  Pod: template,
  PodTemplate: { template },
  ReplicationController: { spec: { template } },
  ReplicaSet: { spec: { template } },
  Deployment: { spec: { template } },
  StatefulSet: { spec: { template } },
  DaemonSet: { spec: { template } },
  Job: { spec: { template } },
  CronJob: { spec: { jobTemplate: { spec: { template } } } },
};

const paths: Readonly<Record<string, string>> = {
  Pod: "spec",
  PodTemplate: "template.spec",
  CronJob: "spec.jobTemplate.spec.template.spec",
};
const pathIn = (kind: string) => `${paths[kind] ?? "spec.template.spec"}.securityContext.runAsUser`;

/** Every class of the provider's package that is a resource of one of these kinds: apiVersion and kind. */
const classes = Object.entries(kubernetes).flatMap(([group, versions]) =>
  Object.entries(versions as object)
    .filter(([version]) => /^v\d/.test(version))
    .flatMap(([version, members]) =>
      Object.keys(members as object)
        .filter((name) => name.replace(/(List|Patch)$/, "") in bodies)
        .map((name) => ({ apiVersion: group === "core" ? version : `${group}/${version}`, name })),
    ),
);

test("the provider's package has each of the kinds, in all of their versions", () => {
  expect(classes.length).toBeGreaterThan(50);
  expect(new Set(classes.map(({ name }) => name.replace(/(List|Patch)$/, "")))).toEqual(
    new Set(Object.keys(bodies)),
  );
});

describe.each(classes)("$apiVersion $name", ({ apiVersion, name }) => {
  const kind = name.replace(/(List|Patch)$/, "");
  const body = bodies[kind]!;

  test("is looked into", () => {
    const isList = name.endsWith("List");
    const found = findings(isList ? { items: [{}, body] } : body, {
      apiVersion,
      kind: isList ? name : kind,
      isPatch: name.endsWith("Patch"),
    });
    const path = isList ? `items[1].${pathIn(kind)}` : pathIn(kind);
    expect(told(found)).toContain(`run-as-user: ${path} is 0`);
  });
});

test("a kind of somebody else's is looked into where it holds a template", () => {
  const rollout = { spec: { replicas: 2, template: { metadata: {}, spec: root } } };
  expect(told(findings(rollout, { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" }))).toEqual([
    "run-as-user: spec.template.spec.securityContext.runAsUser is 0",
  ]);
  const volcano = { spec: { tasks: [{ name: "train", template }] } };
  expect(told(findings(volcano, { apiVersion: "batch.volcano.sh/v1alpha1", kind: "Job" }))).toEqual([
    "run-as-user: spec.tasks[0](train).template.spec.securityContext.runAsUser is 0",
  ]);
});

/** Kinds of others, each with a privileged container where it holds its pods. */
const privileged = { securityContext: { privileged: true } };
const ofOthers = { spec: { containers: [{ name: "main", image: "web:1", ...privileged }] } };
const step = { name: "build", image: "golang:1.25", script: "go build", ...privileged };

test.each<[string, string, Json, string]>([
  ["argoproj.io/v1alpha1", "Rollout", { template: ofOthers }, "template.spec.containers[0](main)"],
  ["apps.kruise.io/v1alpha1", "CloneSet", { template: ofOthers }, "template.spec.containers[0](main)"],
  ["serving.knative.dev/v1", "Service", { template: ofOthers }, "template.spec.containers[0](main)"],
  [
    "keda.sh/v1alpha1",
    "ScaledJob",
    { jobTargetRef: { template: ofOthers } },
    "jobTargetRef.template.spec.containers[0](main)",
  ],
  [
    "leaderworkerset.x-k8s.io/v1",
    "LeaderWorkerSet",
    { leaderWorkerTemplate: { size: 2, workerTemplate: ofOthers } },
    "leaderWorkerTemplate.workerTemplate.spec.containers[0](main)",
  ],
  [
    "ray.io/v1",
    "RayCluster",
    { workerGroupSpecs: [{ groupName: "cpu", replicas: 2, template: ofOthers }] },
    "workerGroupSpecs[0].template.spec.containers[0](main)",
  ],
  [
    "sparkoperator.k8s.io/v1beta2",
    "SparkApplication",
    { type: "Scala", image: "spark:4.0.0", driver: { cores: 1, ...privileged }, executor: { cores: 1 } },
    "driver",
  ],
  [
    "monitoring.coreos.com/v1",
    "Prometheus",
    { replicas: 2, containers: [{ name: "config-reloader", ...privileged }], securityContext: {} },
    "containers[0](config-reloader)",
  ],
  ["tekton.dev/v1", "Task", { steps: [step] }, "steps[0](build)"],
  [
    "tekton.dev/v1",
    "Pipeline",
    { tasks: [{ taskSpec: { steps: [step] } }] },
    "tasks[0].taskSpec.steps[0](build)",
  ],
  [
    "argoproj.io/v1alpha1",
    "Workflow",
    { entrypoint: "main", templates: [{ name: "main", container: { image: "web:1", ...privileged } }] },
    "templates[0](main).container",
  ],
  [
    "cert-manager.io/v1",
    "Issuer",
    { acme: { solvers: [{ http01: { ingress: { podTemplate: ofOthers } } }] } },
    "acme.solvers[0].http01.ingress.podTemplate.spec.containers[0](main)",
  ],
])("%s %s is looked into where it holds its pods", (apiVersion, kind, spec, path) => {
  expect(told(findings({ spec }, { apiVersion, kind }))).toContain(
    `privileged: spec.${path}.securityContext.privileged is true`,
  );
});

test("objects without pods are let through", () => {
  expect(findings({ data: { spec: "x" } }, { kind: "ConfigMap" })).toEqual([]);
  expect(findings({ spec: { replicas: 0 } }, { apiVersion: "apps/v1", kind: "ReplicaSet" })).toEqual([]);
});

test("a patch answers for what it sets, not for what it leaves", () => {
  const body = { spec: { template: { spec: { containers: [{ name: "main", image: "x:2" }] } } } };
  expect(findings(body, { apiVersion: "apps/v1", kind: "Deployment", isPatch: true })).toEqual([]);
  expect(findings(body, { apiVersion: "apps/v1", kind: "Deployment" })).not.toEqual([]);
  const wrong = podSpec({ containers: [container({ resources: { limits: { cpu: "0" } } })] });
  const patch = { spec: { template: { spec: wrong } } };
  expect(told(findings(patch, { apiVersion: "apps/v1", kind: "Deployment", isPatch: true }))).toContain(
    'resource-limits: spec.template.spec.containers[0](main).resources.limits.cpu is "0"',
  );
});

describe("of a custom resource", () => {
  const ofContainer = { name: "*", image: "web:latest", securityContext: { privileged: true } };

  test.each([
    ["monitoring.coreos.com/v1", "ServiceMonitor", "monitoring.coreos.com/v1", "Prometheus"],
    ["cert-manager.io/v1", "Certificate", "cert-manager.io/v1", "Issuer"],
    ["constraints.gatekeeper.sh/v1beta1", "K8sPSPVolumeTypes", "example.com/v1", "K8sPSPVolumeTypes"],
  ])("%s %s nobody makes pods, whatever it looks like; of %s %s one does", (version, kind, other, its) => {
    const spec = { hostNetwork: true, securityContext: { runAsUser: 0 }, template: { spec: root } };
    expect(findings({ spec }, { apiVersion: version, kind })).toEqual([]);
    expect(told(findings({ spec }, { apiVersion: other, kind: its }))).toContain(
      "host-namespaces: spec.hostNetwork is true",
    );
  });

  test("a question to pods describes none, what is made beside it does", () => {
    const pattern = { spec: { containers: [ofContainer] } };
    const kyverno = (rule: Json) =>
      told(findings({ spec: { rules: [rule] } }, { apiVersion: "kyverno.io/v1", kind: "ClusterPolicy" }));
    expect(kyverno({ name: "a", validate: { pattern } })).toEqual([]);
    expect(kyverno({ name: "a", generate: { data: pattern } })).toContain(
      "privileged: spec.rules[0](a).generate.data.spec.containers[0](*).securityContext.privileged is true",
    );
  });
});
