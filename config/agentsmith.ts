import { z } from "zod";
import { filePath } from "./config-file";
import { type DeclaredSecret, optional, required } from "./secrets";
import type { SystemConfig } from "./system";
import { image } from "./values/image";
import { ingress } from "./values/ingress";
import { jobQueue } from "./values/job-queue";
import { placement } from "./values/placement";
import { port } from "./values/port";
import { pullSecrets } from "./values/pull-secrets";
import { redis } from "./values/redis";
import { resources } from "./values/resources";
import { integer, oneOf, scalar, text } from "./values/scalar";
import { systemShape } from "./values/system-shape";
import { url } from "./values/url";
import {
  oneScale,
  oneScaleMeta,
  podShape,
  type WorkloadDefaults,
  waitsForTheOld,
  withScale,
  workloadShape,
} from "./values/workload";

const images = z.strictObject({
  agent: image().describe("The image of the agent that each Job runs.").prefault("agentsmith:latest"),
  dispatcher: image().describe("The image of the dispatcher.").prefault("agentsmith-dispatcher:latest"),
  pullPolicy: oneOf(["Always", "IfNotPresent", "Never"])
    .describe("When images are pulled: Always in production, Never for images that are built on the node.")
    .prefault("IfNotPresent"),
});

const spawnerType = scalar<"kubernetes">("kubernetes", { type: "string", const: "kubernetes" }, (value) => {
  if (value === "docker")
    return "needs the Docker socket of the node, which no pod under the restricted Pod Security Standard may mount";
  return value === "kubernetes" ? undefined : "is not a kind of spawner";
});

const spawner = z.strictObject({
  type: spawnerType.describe("How agents are started: as Kubernetes Jobs.").prefault("kubernetes"),
  ttlSecondsAfterFinished: integer({ min: 0, max: 2147483647, unit: "seconds" })
    .describe("How long a finished Job and its logs are kept.")
    .prefault(300),
  activeDeadlineSeconds: integer({ min: 60, max: 604800, unit: "seconds" })
    .describe("How long an agent may run before it is stopped.")
    .prefault(7200),
  maxRunningJobs: integer({ min: 1, max: 1000 }).describe("How many agents may run at once.").prefault(10),
  queue: jobQueue(),
  jobResources: resources({
    requests: { cpu: "250m", memory: "512Mi" },
    limits: { cpu: "1000m", memory: "1Gi" },
  })
    .describe("The size of an agent.")
    .prefault({}),
  ...podShape("agents", { safeToEvict: false }),
});

const dispatcherDefaults: WorkloadDefaults = {
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
  probes: {
    liveness: { initialDelaySeconds: 15, periodSeconds: 30, timeoutSeconds: 5 },
    readiness: { initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 3 },
  },
  // 5 s until nobody sends it anything, and the 30 s that its host gives requests to end.
  terminationGracePeriodSeconds: 45,
};

const dispatcher = z
  .strictObject({
    ...workloadShape("dispatchers", dispatcherDefaults),
    port: port().describe("The port that the dispatcher listens on.").prefault(8080),
  })
  .superRefine(oneScale)
  .superRefine(waitsForTheOld)
  .meta(oneScaleMeta)
  .transform(withScale(dispatcherDefaults));

const redisConfig = redis({
  maxMemory: "256mb",
  maxMemoryPolicy: "allkeys-lru",
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "384Mi" } },
  probes: {
    liveness: { initialDelaySeconds: 10, periodSeconds: 15, timeoutSeconds: 3 },
    readiness: { initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 3 },
  },
});

const gitlab = z.strictObject({
  url: url({ schemes: ["https"] })
    .describe("Where GitLab is (GITLAB_URL). Default: https://gitlab.com.")
    .optional(),
  project: text({
    name: "a project of GitLab",
    rule: "its number, or its path",
    example: "group/project",
    pattern: /^[A-Za-z0-9](?:[-A-Za-z0-9_./]{0,253}[A-Za-z0-9])?$/,
  })
    .describe("The project whose issues are tickets (GITLAB_PROJECT); with tickets in GitLab it is needed.")
    .optional(),
});

const jira = z.strictObject({
  url: url({ schemes: ["https"] })
    .describe("Where Jira is (JIRA_URL); with tickets in Jira it is needed.")
    .optional(),
});

/** `muster:agentsmith`. */
const agentsmithConfig = z.strictObject({
  ...systemShape("agentsmith"),
  image: images.describe("The system's own images.").prefault({}),
  imagePullSecrets: pullSecrets(),
  spawner: spawner.describe("How the dispatcher starts agents.").prefault({}),
  dispatcher: dispatcher.describe("The service that takes requests and starts agents.").prefault({}),
  redis: redisConfig.describe("The message bus between dispatcher and agents.").prefault({}),
  gitlab: gitlab.describe("GitLab, beside the secret gitlab-token.").prefault({}),
  jira: jira.describe("Jira, beside the secrets jira-token and jira-email.").prefault({}),
  ingress: ingress().describe("The way in from outside. Left out: there is none.").optional(),
  placement: placement().describe("Which nodes the system's pods may go to.").prefault({}),
  config: filePath("stacks/prod/agentsmith.yml")
    .describe("The file that is mounted as agentsmith.yml. Default: stacks/<stack>/agentsmith.yml.")
    .optional(),
});

/** The secrets that the operator supplies, by their keys in `agentsmith-secrets`; `redis-url` is composed. */
export const agentsmithSecrets = {
  "anthropic-api-key": required("The API key of Anthropic.", "every agent, which works with Claude"),
  "openai-api-key": optional("The API key of OpenAI.", "agents that work with a model of OpenAI's"),
  "gemini-api-key": optional("The API key of Google Gemini.", "agents that work with Gemini"),
  "github-token": optional("A token for GitHub.", "agents that work on repositories and issues on GitHub"),
  "azure-devops-token": optional(
    "A token for Azure DevOps.",
    "agents that work on repositories and tickets in Azure DevOps",
  ),
  "gitlab-token": optional("A token for GitLab.", "agents that work on repositories and issues on GitLab"),
  "jira-token": optional("An API token of Jira.", "agents that read tickets in Jira"),
  "jira-email": optional(
    "The e-mail address that the Jira token belongs to.",
    "agents that read tickets in Jira",
  ),
  "slack-bot-token": required(
    "The bot token of the Slack app (xoxb-…).",
    "the dispatcher, to answer in Slack",
  ),
  "slack-signing-secret": required(
    "The signing secret of the Slack app.",
    "the dispatcher, to tell Slack's requests from forged ones",
  ),
} satisfies Record<string, DeclaredSecret>;

const redisPassword = {
  "redis-password": { ...required("The password of Redis.", "redis-url"), ownServer: true },
} satisfies Record<string, DeclaredSecret>;

export const agentsmith = {
  description: "agentsmith: a dispatcher that starts coding agents as Jobs, and its Redis.",
  schema: agentsmithConfig,
  secrets: { ...agentsmithSecrets, ...redisPassword },
  files: { config: "agentsmith.yml" },
} as const;

export type AgentsmithConfig = SystemConfig<typeof agentsmith>;
