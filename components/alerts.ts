import type { SystemGraph, Workload } from "./declaration";

/** Something that somebody has to look at, as Prometheus finds it. */
export interface Alert {
  readonly name: string;
  /** In PromQL. */
  readonly expression: string;
  /** For how long it has to hold. */
  readonly for: string;
  readonly severity: "critical" | "warning";
  /** Tells it from others of its name. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A sentence, in which Prometheus puts the labels of what it found. */
  readonly summary: string;
  /** The heading of the system's page that says what to do, as its anchor. */
  readonly runbook: string;
}

/**
 * The alerts of a system, by what it has. Of workloads, Jobs and volumes Prometheus knows from kube-state-metrics and
 * the kubelets, of certificates from cert-manager, of Redis and PostgreSQL from their exporters.
 */
export function alertsOf(declared: SystemGraph): Alert[] {
  const { namespace, workloads, claims, ingress, monitoring, queues = [] } = declared;
  if (!monitoring) return [];
  const here = `namespace=${text(namespace)}`;
  const has = (kind: Workload["kind"]) => workloads.some((workload) => workload.kind === kind);
  const cronJobs = workloads.filter((each) => each.kind === "cron-job");
  const onVolumes =
    claims.length > 0 ||
    has("postgresql") ||
    workloads.some((each) => "persistence" in each && each.persistence);
  return [
    {
      name: "NoReadyPod",
      expression: [
        `kube_deployment_status_replicas_ready{${here}} == 0 and kube_deployment_spec_replicas{${here}} > 0`,
        `kube_statefulset_status_replicas_ready{${here}} == 0 and kube_statefulset_replicas{${here}} > 0`,
      ].join(" or "),
      for: "5m",
      severity: "critical",
      summary:
        "No pod of {{ $labels.deployment }}{{ $labels.statefulset }} in {{ $labels.namespace }} is ready.",
      runbook: "no-pod-is-ready",
    },
    ...queues.map(
      ({ name, database, keys }): Alert => ({
        name: "QueueGrows",
        expression: `sum(redis_key_size{${here}, db="db${database}", key=~${text(pattern(keys))}}) > ${monitoring.longestQueue}`,
        for: "15m",
        severity: "warning",
        labels: { queue: name },
        summary: `{{ $value }} tasks wait in the queue ${name} of ${namespace}.`,
        runbook: "a-queue-grows",
      }),
    ),
    ...(onVolumes
      ? [
          {
            name: "VolumeFills",
            expression: `kubelet_volume_stats_available_bytes{${here}} / kubelet_volume_stats_capacity_bytes{${here}} < 0.1`,
            for: "15m",
            severity: "warning",
            summary:
              "The volume {{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} has {{ $value | humanizePercentage }} left.",
            runbook: "a-volume-fills",
          } as const,
        ]
      : []),
    ...(ingress?.tls
      ? [
          {
            name: "CertificateRunsOut",
            // By which of the two labels depends on how cert-manager is scraped.
            expression: `(certmanager_certificate_expiration_timestamp_seconds{${here}} or certmanager_certificate_expiration_timestamp_seconds{exported_${here}}) - time() < ${14 * 24 * 3600}`,
            for: "1h",
            severity: "warning",
            summary: `The certificate {{ $labels.name }} of ${namespace} runs out in {{ $value | humanizeDuration }}.`,
            runbook: "a-certificate-runs-out",
          } as const,
        ]
      : []),
    ...(has("job") || has("job-template")
      ? [
          {
            name: "JobFails",
            // Of a CronJob, one failed run passes: whether too many did, CronJobIsLate tells.
            expression: `kube_job_failed{${here}, condition="true"} > 0 unless on (namespace, job_name) kube_job_owner{${here}, owner_kind="CronJob"}`,
            for: "1m",
            severity: "warning",
            summary: "The Job {{ $labels.job_name }} in {{ $labels.namespace }} has failed.",
            runbook: "a-job-fails",
          } as const,
        ]
      : []),
    ...(cronJobs.length > 0
      ? [
          {
            name: "CronJobIsLate",
            // Twice the time between two runs; since it was made, where none has succeeded yet.
            expression: `time() - (kube_cronjob_status_last_successful_time{${here}} or kube_cronjob_created{${here}}) > 2 * (kube_cronjob_next_schedule_time{${here}} - kube_cronjob_status_last_schedule_time{${here}})`,
            // Of days apart, such as over a weekend, the last run is late until the one that is due has ended.
            for: `${Math.max(...cronJobs.map(({ activeDeadlineSeconds }) => activeDeadlineSeconds))}s`,
            severity: "critical",
            summary:
              "The CronJob {{ $labels.cronjob }} in {{ $labels.namespace }} has not succeeded for {{ $value | humanizeDuration }}.",
            runbook: "a-backup-is-old",
          } as const,
        ]
      : []),
    ...(has("redis")
      ? [
          {
            name: "RedisDoesNotAnswer",
            expression: `redis_up{${here}} == 0`,
            for: "5m",
            severity: "critical",
            summary: "Redis of {{ $labels.namespace }} does not answer ({{ $labels.service }}).",
            runbook: "redis-does-not-answer-or-is-full",
          } as const,
        ]
      : []),
    // One that evicts is full as a rule, and goes on.
    ...(workloads.some((each) => each.kind === "redis" && each.maxMemoryPolicy === "noeviction")
      ? [
          {
            name: "RedisIsFull",
            expression: `redis_memory_used_bytes{${here}} / redis_memory_max_bytes{${here}} > 0.9`,
            for: "15m",
            severity: "warning",
            summary:
              "Redis of {{ $labels.namespace }} uses {{ $value | humanizePercentage }} of its memory ({{ $labels.service }}).",
            runbook: "redis-does-not-answer-or-is-full",
          } as const,
        ]
      : []),
    ...(has("postgresql")
      ? [
          {
            name: "PostgresqlDoesNotAnswer",
            expression: `pg_up{${here}} == 0`,
            for: "5m",
            severity: "critical",
            summary: "PostgreSQL of {{ $labels.namespace }} does not answer ({{ $labels.service }}).",
            runbook: "postgresql-does-not-answer-or-is-full",
          } as const,
          {
            name: "PostgresqlConnectionsRunOut",
            expression: `sum(pg_stat_database_numbackends{${here}}) / max(pg_settings_max_connections{${here}}) > 0.9`,
            for: "10m",
            severity: "warning",
            summary: `PostgreSQL of ${namespace} has {{ $value | humanizePercentage }} of its connections in use.`,
            runbook: "postgresql-does-not-answer-or-is-full",
          } as const,
        ]
      : []),
  ];
}

/** A regular expression of keys in which `*` stands for anything. */
function pattern(keys: readonly string[]): string {
  return keys.map((key) => key.replace(/[.+?^$()[\]{}|\\]/g, "\\$&").replaceAll("*", ".*")).join("|");
}

/** A text as PromQL writes it. */
function text(value: string): string {
  return JSON.stringify(value);
}
