import { apiextensions } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Alert, alertsOf } from "./alerts";
import type { SystemGraph } from "./declaration";
import { labels, type SystemInstance } from "./labels";
import type { Monitoring } from "./service-monitor";

export interface PrometheusRuleArgs {
  readonly system: SystemInstance;
  readonly declared: SystemGraph;
  readonly monitoring: Monitoring;
}

/** Tells the Prometheus Operator of what to alert. Each alert links to what the system's page says to do. */
export class PrometheusRule extends pulumi.ComponentResource {
  constructor(
    name: string,
    { system, declared, monitoring }: PrometheusRuleArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:PrometheusRule", name, {}, opts);
    const alerts = alertsOf(declared);
    new apiextensions.CustomResource(
      name,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: {
          name: system.name,
          namespace: system.namespace,
          labels: { ...labels(system, { name: system.name }), ...monitoring.labels },
        },
        spec: {
          groups: [{ name: system.name, rules: alerts.map((alert) => rule(alert, system, monitoring)) }],
        },
      },
      { parent: this },
    );
    this.registerOutputs({ alerts: alerts.map((alert) => alert.name) });
  }
}

function rule(
  { name, expression, for: duration, severity, labels, summary, runbook }: Alert,
  { name: system, stack }: SystemInstance,
  { runbooks }: Monitoring,
) {
  const page = `docs/systems/${system}.md#${runbook}`;
  return {
    alert: name,
    expr: expression,
    for: duration,
    labels: { severity, system, stack, ...labels },
    annotations: { summary, runbook_url: runbooks ? `${runbooks.replace(/\/$/, "")}/${page}` : page },
  };
}
