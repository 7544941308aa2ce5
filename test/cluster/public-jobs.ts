// biome-ignore lint/suspicious/noExplicitAny: tests change Jobs wherever a Job has a field
type Job = any;

/** Jobs as the public programs put them together, in stack dev, at the version that the documents belong to. */
export const publicJobs: Record<string, Job> = {
  // KubernetesJobSpawner.cs of agent-smith at 79b52441.
  agentsmith: {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: "agentsmith-0123456789ab",
      namespace: "agentsmith-dev",
      labels: { app: "agentsmith", "job-id": "0123456789ab", platform: "slack", project: "todo-list" },
    },
    spec: {
      ttlSecondsAfterFinished: 300,
      backoffLimit: 0,
      template: {
        metadata: { labels: { app: "agentsmith", "job-id": "0123456789ab" } },
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "agentsmith",
              image: "agentsmith:latest",
              imagePullPolicy: "Never",
              args: ["--headless", "--job-id", "0123456789ab", "fix #7 in todo-list"],
              env: [
                key("ANTHROPIC_API_KEY", "anthropic-api-key"),
                key("AZURE_DEVOPS_TOKEN", "azure-devops-token"),
                key("GITHUB_TOKEN", "github-token"),
                key("OPENAI_API_KEY", "openai-api-key"),
                key("GEMINI_API_KEY", "gemini-api-key"),
                key("REDIS_URL", "redis-url"),
                { name: "JOB_ID", value: "0123456789ab" },
                { name: "TICKET_ID", value: "7" },
              ],
              resources: {
                requests: { cpu: "250m", memory: "512Mi" },
                limits: { cpu: "1000m", memory: "1Gi" },
              },
            },
          ],
        },
      },
    },
  },
  // orchestrators/k8s.py of vomeet at 4d0a1f34, in stack dev.
  "vomeet-bot": {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: "vomeet-bot-42-01234567",
      namespace: "vomeet-bot-dev",
      labels: {
        "app.kubernetes.io/name": "vomeet-bot",
        "app.kubernetes.io/component": "bot-instance",
        "app.kubernetes.io/managed-by": "bot-manager",
        "meeting-id": "42",
        "user-id": "7",
      },
      annotations: { "bot-manager/created-at": "2026-01-15T10:00:00" },
    },
    spec: {
      activeDeadlineSeconds: 7200,
      ttlSecondsAfterFinished: 300,
      backoffLimit: 0,
      template: {
        metadata: {
          labels: {
            "app.kubernetes.io/name": "vomeet-bot",
            "app.kubernetes.io/component": "bot-instance",
            "meeting-id": "42",
            "user-id": "7",
          },
        },
        spec: {
          restartPolicy: "Never",
          serviceAccountName: "vomeet-bot",
          containers: [
            {
              name: "vomeet-bot",
              image: "ghcr.io/voltade/vomeet-bot:latest",
              imagePullPolicy: "Always",
              resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "1", memory: "2Gi" } },
              env: [
                { name: "BOT_CONFIG", value: '{"meeting_id": 42}' },
                { name: "WHISPER_LIVE_URL", value: "wss://whisper.example.com/ws" },
              ],
              securityContext: { capabilities: { add: ["SYS_ADMIN"] } },
              volumeMounts: [
                { name: "tmp", mountPath: "/tmp" },
                { name: "storage", mountPath: "/app/storage" },
              ],
            },
          ],
          volumes: [
            { name: "tmp", emptyDir: {} },
            { name: "storage", emptyDir: {} },
          ],
        },
      },
    },
  },
};

function key(name: string, key: string) {
  return {
    name,
    valueFrom: { secretKeyRef: { name: "agentsmith-secrets", key, optional: true } },
  };
}
