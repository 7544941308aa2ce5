/** The dispatchers of stack dev: their service accounts, and the templates of the Jobs that they create. */
export const dispatchers = [
  { system: "agentsmith", account: "agentsmith-dev:dispatcher", spawns: "agent" },
  { system: "vomeet-bot", account: "vomeet-bot-dev:bot-manager", spawns: "vomeet-bot" },
] as const;
