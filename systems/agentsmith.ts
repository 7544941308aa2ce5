import type { ConfigFilesDeclaration } from "../components/config-files";
import type { SystemDeclaration } from "../components/declaration";
import { dispatcherWorkload } from "../components/dispatcher";
import { internet, kubernetesApi } from "../components/edge";
import { type Environment, secretKey } from "../components/environment";
import { route } from "../components/ingress";
import { jobTemplateWorkload } from "../components/job-template";
import { podOptions } from "../components/pod-template";
import { probes } from "../components/probe";
import { redisWorkload, stackExchangeRedis } from "../components/redis";
import type { SecretDeclaration } from "../components/secret";
import { ask } from "../components/smoke";
import { type AgentsmithConfig, agentsmithSecrets } from "../config/agentsmith";

/** A dispatcher that listens to chat and tickets, and runs an agent as a Job for each request. */
export function agentsmith(config: AgentsmithConfig): SystemDeclaration {
  const redis = redisWorkload({ name: "redis", ownPassword: "redis-password", ...config.redis });

  const secrets = {
    name: "agentsmith-secrets",
    keys: { ...agentsmithSecrets, "redis-url": stackExchangeRedis(redis) },
  } satisfies SecretDeclaration;

  const files: ConfigFilesDeclaration = {
    name: "agentsmith-config",
    files: config.files,
  };
  // The images have another file beside it, with the principles of coding that agents are given.
  const configMount = { path: "/app/config/agentsmith.yml", file: "agentsmith.yml", from: files };

  const models: Environment = {
    ANTHROPIC_API_KEY: secretKey(secrets, "anthropic-api-key"),
    OPENAI_API_KEY: secretKey(secrets, "openai-api-key"),
    GEMINI_API_KEY: secretKey(secrets, "gemini-api-key"),
  };
  // An agent works on them; the dispatcher lists tickets and creates some.
  const sourcesAndTickets: Environment = {
    GITHUB_TOKEN: secretKey(secrets, "github-token"),
    AZURE_DEVOPS_TOKEN: secretKey(secrets, "azure-devops-token"),
    GITLAB_TOKEN: secretKey(secrets, "gitlab-token"),
    ...(config.gitlab.url && { GITLAB_URL: config.gitlab.url }),
    ...(config.gitlab.project && { GITLAB_PROJECT: config.gitlab.project }),
    JIRA_TOKEN: secretKey(secrets, "jira-token"),
    JIRA_EMAIL: secretKey(secrets, "jira-email"),
    ...(config.jira.url && { JIRA_URL: config.jira.url }),
  };

  const agent = jobTemplateWorkload({
    name: "agent",
    image: config.image.agent,
    user: 1000,
    // All that it reads of its task. The dispatcher adds the variables that stand here, and no argument: the password
    // of Redis is then in no Job.
    args: [
      "--headless",
      ...["--job-id", "$(JOB_ID)"],
      ...["--redis-url", "$(REDIS_URL)"],
      ...["--platform", "$(PLATFORM)"],
      ...["--channel-id", "$(CHANNEL_ID)"],
      "fix #$(TICKET_ID) in $(PROJECT)",
    ],
    // Tools that it runs, such as npm, want a home; its own in the image is read-only.
    environment: {
      ...models,
      ...sourcesAndTickets,
      REDIS_URL: secretKey(secrets, "redis-url"),
      HOME: "/tmp",
    },
    mounts: [configMount],
    // Where it clones to.
    writable: { "/tmp": "5Gi" },
    ephemeralStorage: { request: "1Gi", limit: "6Gi" },
    resources: config.spawner.jobResources,
    ttlSecondsAfterFinished: config.spawner.ttlSecondsAfterFinished,
    activeDeadlineSeconds: config.spawner.activeDeadlineSeconds,
    maxRunning: config.spawner.maxRunningJobs,
    queue: config.spawner.queue,
    uses: [redis, internet("the model APIs, source hosts and ticket systems")],
    ...podOptions(config.spawner),
  });

  const { port } = config.dispatcher;
  const health = { path: "/health", port: "http" } as const;
  const dispatcher = dispatcherWorkload({
    ...config.dispatcher,
    name: "dispatcher",
    image: config.image.dispatcher,
    user: 1000,
    ports: { http: port },
    environment: {
      ASPNETCORE_URLS: `http://+:${port}`,
      ASPNETCORE_ENVIRONMENT: "Production",
      REDIS_URL: secretKey(secrets, "redis-url"),
      SLACK_BOT_TOKEN: secretKey(secrets, "slack-bot-token"),
      SLACK_SIGNING_SECRET: secretKey(secrets, "slack-signing-secret"),
      ...sourcesAndTickets,
      // How it spawns: everything of it comes from the Job template.
      SPAWNER_TYPE: config.spawner.type,
      K8S_NAMESPACE: { field: "metadata.namespace" },
      K8S_SECRET_NAME: secrets.name,
      AGENTSMITH_IMAGE: agent.image,
      IMAGE_PULL_POLICY: config.image.pullPolicy,
      JobSpawner__TtlSecondsAfterFinished: `${agent.ttlSecondsAfterFinished}`,
      JobSpawner__Resources__CpuRequest: agent.resources.requests.cpu,
      JobSpawner__Resources__CpuLimit: agent.resources.limits.cpu,
      JobSpawner__Resources__MemoryRequest: agent.resources.requests.memory,
      JobSpawner__Resources__MemoryLimit: agent.resources.limits.memory,
    },
    mounts: [configMount],
    writable: { "/tmp": "64Mi", "/var/lib/agentsmith": "64Mi" },
    ...probes(config.dispatcher.probes, { alive: health }),
    uses: [redis, kubernetesApi, internet("Slack, source hosts and ticket systems")],
    spawns: agent,
    may: [
      { apiGroup: "batch", resources: ["jobs"], verbs: ["create", "get", "list", "watch", "delete"] },
      { apiGroup: "", resources: ["pods"], verbs: ["get", "list", "watch"] },
      { apiGroup: "", resources: ["pods/log"], verbs: ["get"] },
    ],
  });

  return {
    name: "agentsmith",
    namespace: config.namespace,
    imagePullPolicy: config.image.pullPolicy,
    imagePullSecrets: config.imagePullSecrets,
    placement: config.placement,
    workloads: [redis, dispatcher],
    monitoring: config.monitoring,
    smoke: config.smoke && { ...config.smoke, asks: [ask(dispatcher, health)] },
    ingress: config.ingress && {
      ...config.ingress,
      name: "agentsmith",
      hosts: [{ host: config.ingress.host, routes: [route("/", dispatcher, "http")] }],
    },
  };
}
