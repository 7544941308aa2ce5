import { expect, it } from "vitest";
import { container } from "../../components/container";
import type { PodDeclaration } from "../../components/pod-template";
import { agentsmith } from "../../systems/agentsmith";
import { StackDirectory } from "./stack-directory";

const stack = (settings: string) => `config:\n  muster:agentsmith: ${settings}\n`;

function dispatcher(settings: string): PodDeclaration {
  using directory = new StackDirectory();
  const { workloads } = agentsmith(directory.parse(stack(settings)).agentsmith!);
  return workloads.find(({ name }) => name === "dispatcher") as unknown as PodDeclaration;
}

it("thresholds and times of a probe are config, each alone", () => {
  const { container: made } = container(
    "dispatcher",
    dispatcher(
      "{ dispatcher: { probes: { startup: { failureThreshold: 600 }, readiness: { successThreshold: 2 } } } }",
    ),
    "Always",
  );
  const httpGet = { path: "/health", port: "http" };
  expect(made.startupProbe).toMatchObject({
    httpGet,
    periodSeconds: 5,
    timeoutSeconds: 5,
    failureThreshold: 600,
  });
  expect(made.livenessProbe).toMatchObject({ httpGet, initialDelaySeconds: 15, periodSeconds: 30 });
  expect(made.readinessProbe).toMatchObject({ httpGet, periodSeconds: 10, successThreshold: 2 });
});

it("grace, eviction and annotations of pods are config", () => {
  const said =
    "{ dispatcher: { terminationGracePeriodSeconds: 90, safeToEvict: false, podAnnotations: { linkerd.io/inject: enabled } } }";
  expect(dispatcher(said)).toMatchObject({
    terminationGracePeriodSeconds: 90,
    safeToEvict: false,
    podAnnotations: { "linkerd.io/inject": "enabled" },
  });
});

it.each([
  ["{ dispatcher: { probes: { liveness: { periodSeconds: 0 } } } }", "is less than 1"],
  ["{ dispatcher: { probes: { liveness: { successThreshold: 2 } } } }", "is not a key that is known here"],
  ["{ redis: { probes: { readiness: { failureThreshold: '3' } } } }", "is text, not a number"],
  ["{ dispatcher: { terminationGracePeriodSeconds: 5 } }", "is less than 10"],
  [
    "{ dispatcher: { podAnnotations: { cluster-autoscaler.kubernetes.io/safe-to-evict: 'true' } } }",
    "is what safeToEvict says",
  ],
  ["{ dispatcher: { podAnnotations: { muster.dev/files: a } } }", "is an annotation of Muster's own"],
  ["{ dispatcher: { podAnnotations: { 'a b': c } } }", "is not an annotation key"],
])("refuses %s", (settings, because) => {
  using directory = new StackDirectory();
  expect(directory.refusal(stack(settings)).message).toContain(because);
});
