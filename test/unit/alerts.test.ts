import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, test } from "vitest";
import { alertsOf } from "../../components/alerts";
import { exportersOf } from "../../components/exporter";
import { declaredSystems } from "../../systems";
import { configOf, shippedResources, shippedStacks } from "./shipped-stack";

// What Prometheus is told to alert of, in the shipped stacks: by its own grammar, and by where each alert leads.

const prod = readFileSync(join(__dirname, "../../Pulumi.prod.yaml"), "utf8");

const monitored = shippedStacks.flatMap((stack) =>
  declaredSystems(configOf(stack)).flatMap(({ declared }) =>
    declared.monitoring ? [{ stack, system: declared.name, declared }] : [],
  ),
);

/** Those that a stack does not monitor yet, with monitoring switched on. */
const switchedOn = ["agentsmith", "vomeet-bot", "wbot"].map((system) => ({
  stack: "prod, switched on",
  system,
  declared: systemOf(prod.replace(`  muster:${system}:`, "$&\n    monitoring: {}\n    #"), system),
}));

describe.each([...monitored, ...switchedOn])("$system in $stack", ({ system, declared }) => {
  const alerts = alertsOf(declared);

  test("alerts by expressions that Prometheus reads", () => {
    expect(alerts.filter(({ expression }) => isWrong(expression))).toEqual([]);
  });

  test("no two of them are taken for one", () => {
    const told = alerts.map(({ name, labels }) => JSON.stringify([name, labels]));
    expect(told).toEqual([...new Set(told)]);
  });

  test("each alert leads to a heading of the system's page", () => {
    const anchors = anchorsOf(system);
    expect(alerts.map(({ runbook }) => runbook).filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });
});

describe.each(monitored)("$system in $stack", ({ stack, system, declared }) => {
  test("its PrometheusRule and ServiceMonitors are there for every server", async () => {
    const objects = (await shippedResources(stack)).get(system)!.map(({ inputs }) => inputs);
    const named = (kind: string) =>
      objects.filter((each) => each.kind === kind).map(({ metadata }) => (metadata as { name: string }).name);
    expect(named("PrometheusRule")).toEqual([system]);
    const servers = declared.workloads.filter(({ kind }) => kind === "redis" || kind === "postgresql");
    expect(servers).not.toEqual([]);
    for (const { name } of servers) expect(named("ServiceMonitor")).toContain(`${name}-exporter`);
  });
});

test("thebot and rtc-egress are monitored in staging and prod", () => {
  expect(monitored.map(({ stack, system }) => `${system} in ${stack}`)).toEqual([
    "rtc-egress in staging",
    "thebot in staging",
    "rtc-egress in prod",
    "thebot in prod",
  ]);
});

test("each system can be monitored, and alerts of what it has", () => {
  const named = switchedOn.map(({ system, declared }) => [
    system,
    ...alertsOf(declared).map(({ name }) => name),
  ]);
  expect(named).toEqual([
    ["agentsmith", "NoReadyPod", "CertificateRunsOut", "JobFails", "RedisDoesNotAnswer"],
    ["vomeet-bot", "NoReadyPod", "JobFails"],
    ["wbot", "NoReadyPod", "CertificateRunsOut", "JobFails", "RedisDoesNotAnswer"],
  ]);
  expect(switchedOn.flatMap(({ declared }) => exportersOf(declared)).map(({ name }) => name)).toEqual([
    "redis-exporter",
    "redis-exporter",
  ]);
});

test("thebot's alerts are those of what it has", () => {
  const { declared } = monitored.find(({ stack, system }) => stack === "prod" && system === "thebot")!;
  expect(alertsOf(declared).map(({ name }) => name)).toEqual([
    "NoReadyPod",
    "QueueGrows",
    "VolumeFills",
    "CertificateRunsOut",
    "JobFails",
    "RedisDoesNotAnswer",
    "PostgresqlDoesNotAnswer",
    "PostgresqlConnectionsRunOut",
  ]);
  const [exporter] = exportersOf(declared).filter(({ name }) => name === "thebot-redis-exporter");
  expect(exporter!.environment).toMatchObject({ REDIS_EXPORTER_CHECK_KEYS: "db1=celery" });
});

test("a server that somebody else runs is watched by them", () => {
  const managed = "managedRedis: { host: redis.example.com }";
  const declared = systemOf(prod.replace("  muster:rtc-egress:", `$&\n    ${managed}\n    #`), "rtc-egress");
  expect(exportersOf(declared)).toEqual([]);
  expect(alertsOf(declared).map(({ name }) => name)).toEqual(["NoReadyPod", "VolumeFills", "JobFails"]);
});

test("where there are backups, one that is late is told", () => {
  const text = prod.replace("  muster:thebot:", "$&\n    backup: {}\n    #");
  const late = alertsOf(systemOf(text, "thebot")).find(({ name }) => name === "CronJobIsLate")!;
  expect(isWrong(late.expression)).toBe(false);
  expect(anchorsOf("thebot")).toContain(late.runbook);
});

test("an expression that Prometheus does not read is found", () => {
  expect(isWrong('sum(redis_key_size{namespace="a"} > 1')).toBe(true);
  expect(isWrong('redis_up{namespace="a"} == 0')).toBe(false);
});

function systemOf(text: string, name: string) {
  return declaredSystems(configOf("prod", text)).find(({ declared }) => declared.name === name)!.declared;
}

function anchorsOf(system: string): string[] {
  const page = readFileSync(join(__dirname, `../../docs/systems/${system}.md`), "utf8");
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));
}

function isWrong(expression: string): boolean {
  let wrong = false;
  parser.parse(expression).iterate({
    enter: ({ type }) => {
      wrong ||= type.isError;
    },
  });
  return wrong;
}

/** The anchor of a heading, as GitHub and GitLab make it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}
