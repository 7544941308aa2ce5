import { stackExchangeRedis } from "./clients";
import type { Image } from "./container";
import { type Process, type Program, seconds } from "./kubelet";
import type { Template } from "./rendered-system";

// What the images of agentsmith do at their edges: docs/systems/agentsmith.md says where that stands in their source.

export const dispatcherImage: Image = {
  entrypoint: ["dotnet", "AgentSmith.Dispatcher.dll"],
  workingDirectory: "/app",
  environment: { ASPNETCORE_URLS: "http://+:8080", ASPNETCORE_ENVIRONMENT: "Production" },
  homes: { 1000: "/home/dispatcher" },
  files: { "/app/config/coding-principles.md": "# Principles" },
};

export const agentImage: Image = {
  entrypoint: ["dotnet", "AgentSmith.Host.dll"],
  workingDirectory: "/app",
  homes: { 1000: "/home/agentsmith" },
  files: { "/app/config/coding-principles.md": "# Principles" },
};

/** It connects to Redis first, and ends where it cannot; its health is open and asks nobody. */
export const dispatcher: Program = async (process) => {
  const { REDIS_URL = "localhost:6379", ASPNETCORE_URLS } = process.environment;
  connect(process, REDIS_URL);
  process.write("/tmp/dotnet-diagnostic-1-socket");
  process.listen(Number(ASPNETCORE_URLS!.split(":").at(-1)), (path) => (path === "/health" ? 200 : 404));
  await process.terminated;
  // The host waits for requests, such as one that creates a Job, for as long as it does by default.
  await seconds(30);
  return 0;
};

/** What it asks of a ticket system when somebody lists tickets or creates one. */
export function listTickets(process: Process, tickets: "GitHub" | "AzureDevOps" | "GitLab" | "Jira"): void {
  process.read("config/agentsmith.yml");
  const needed = {
    GitHub: ["GITHUB_TOKEN"],
    AzureDevOps: ["AZURE_DEVOPS_TOKEN"],
    GitLab: ["GITLAB_TOKEN", "GITLAB_PROJECT"],
    Jira: ["JIRA_URL", "JIRA_EMAIL", "JIRA_TOKEN"],
  };
  for (const name of needed[tickets]) required(process, name);
}

/** The Job for a ticket as it comes from the mounted template: with a name and the variables of the task. */
export function jobFor(process: Process, ticket: { id: number; project: string; channel: string }) {
  const job = JSON.parse(process.read("/etc/muster/job-template/job.json"));
  const task = {
    JOB_ID: "0123456789ab",
    TICKET_ID: `${ticket.id}`,
    PROJECT: ticket.project,
    CHANNEL_ID: ticket.channel,
    USER_ID: "U1",
    PLATFORM: "slack",
  };
  const env = Object.entries(task).map(([name, value]) => ({ name, value }));
  const [container] = job.spec.template.spec.containers;
  container.env = [...container.env, ...env];
  return job as { spec: { template: Template } };
}

/** It takes its task from its arguments, clones, works, and says over Redis what became of it. */
export const agent: Program = async (process) => {
  const { options, input } = parse(process.arguments.slice(2));
  const bus = options["--job-id"] && options["--redis-url"];
  if (bus) connect(process, options["--redis-url"]!);
  const task = /^fix #(\d+) in (\S+)$/.exec(input ?? "");
  if (!task) throw new Error("Error: input argument is required (or use --server mode).");
  process.read("config/agentsmith.yml");
  required(process, "ANTHROPIC_API_KEY");
  process.write(`/tmp/agentsmith/owner/${task[2]}/.git/config`);
  process.read("./config/coding-principles.md");
  // npm test, in the repository.
  process.write(`${process.environment.HOME}/.npm/_cacache`);
  if (!bus) throw new Error("nobody hears of the result");
  return 0;
};

function required(process: Process, name: string): void {
  if (!process.environment[name]) throw new Error(`Required environment variable '${name}' is not set.`);
}

function connect(process: Process, configuration: string): void {
  const { host, port, password } = stackExchangeRedis(configuration);
  process.connect(host, port);
  if (password !== process.container.system.secret("redis").password) throw new Error("NOAUTH");
}

function parse(args: readonly string[]): { options: Record<string, string>; input?: string } {
  const options: Record<string, string> = {};
  let input: string | undefined;
  for (let at = 0; at < args.length; at++) {
    const each = args[at]!;
    if (each === "--headless") continue;
    if (each.startsWith("--")) options[each] = args[++at]!;
    else input = each;
  }
  return { options, input };
}
