import { beforeAll, expect, test } from "vitest";
import type { KubernetesObject } from "../harness/kubernetes";
import { shippedResources, shippedStacks } from "./shipped-stack";

// What works for long, in the shipped stacks: who may end it, and how long it may take to stop.

interface Pods {
  readonly name: string;
  readonly template: KubernetesObject;
}

let prod: readonly Pods[];
let all: readonly Pods[];

beforeAll(async () => {
  const stacks = await Promise.all(shippedStacks.map(podsOf));
  all = stacks.flat();
  prod = stacks[shippedStacks.indexOf("prod")]!;
});

test("node autoscalers leave alone what would lose its work, and end all else", () => {
  const annotation = (name: string) => (each: Pods) => each.template.metadata.annotations?.[name];
  const [upstream, karpenter] = [
    annotation("cluster-autoscaler.kubernetes.io/safe-to-evict"),
    annotation("karpenter.sh/do-not-disrupt"),
  ];
  expect(prod.filter((each) => upstream(each) === "false").map(({ name }) => name)).toEqual([
    "agentsmith/agent",
    "agentsmith/smoke",
    "rtc-egress/egress",
    "rtc-egress/smoke",
    "rtc-egress/web-dispatch",
    "rtc-egress/web-recorder",
    "thebot/smoke",
    "thebot/thebot-collectstatic",
    "thebot/thebot-migrate",
    "vomeet-bot/smoke",
    "vomeet-bot/vomeet-bot",
    "wbot/smoke",
  ]);
  for (const each of all) {
    expect(upstream(each), each.name).toMatch(/^(?:true|false)$/);
    expect(karpenter(each), each.name).toBe(upstream(each) === "false" ? "true" : undefined);
  }
});

test("what has work under way gets the time to end it", () => {
  const usual = 30;
  const graces = prod.map(({ name, template }) => [name, template.spec.terminationGracePeriodSeconds]);
  expect(Object.fromEntries(graces.filter(([, grace]) => grace !== usual))).toEqual({
    "agentsmith/dispatcher": 45,
    "rtc-egress/egress": 3600,
    "rtc-egress/web-recorder": 3600,
    "rtc-egress/webhook-notifier": 45,
    "thebot/thebot-celery": 1860,
    "thebot/thebot-postgres": 60,
    "vomeet-bot/bot-manager": 60,
    "vomeet-bot/vomeet-bot": 60,
    "wbot/wbot-ai": 60,
  });
});

test("PostgreSQL's parallel queries share a quarter of its memory, and not 64 MiB", () => {
  const [postgres] = prod.filter(({ name }) => name === "thebot/thebot-postgres");
  const { containers, volumes } = postgres!.template.spec;
  const { name } = containers[0].volumeMounts.find(
    ({ mountPath }: { mountPath: string }) => mountPath === "/dev/shm",
  );
  const { emptyDir } = volumes.find((volume: { name: string }) => volume.name === name);
  expect(containers[0].resources.limits.memory).toBe("4Gi");
  expect(emptyDir).toEqual({ medium: "Memory", sizeLimit: `${2 ** 30}` });
});

async function podsOf(stack: string): Promise<Pods[]> {
  const resources = [...(await shippedResources(stack)).values()].flat();
  return resources
    .flatMap(({ inputs }) => {
      const object = inputs as unknown as KubernetesObject;
      const { kind, metadata } = object;
      const template = kind === "PodTemplate" ? (inputs.template as KubernetesObject) : object.spec?.template;
      if (!template?.spec?.containers) return [];
      // Jobs are named by what they run.
      return [
        {
          name: `${metadata.namespace}/${metadata.labels["app.kubernetes.io/name"]}`,
          kind,
          object,
          template,
        },
      ];
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
