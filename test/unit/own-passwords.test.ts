import { describe, expect, test } from "vitest";
import type { DeclaredResource } from "../../components/declared-resource";
import { declaredSystems } from "../../systems";
import { resourcesOf } from "./shipped-stack";
import { StackDirectory } from "./stack-directory";

const password = "a-password-of-my-own";

const servers = [
  ["agentsmith", "agentsmith:redis-password", "agentsmith-redis"],
  ["vomeet-bot", "vomeet-bot:redis-password", "vomeet-bot-redis"],
  ["wbot", "wbot:REDIS_PASSWORD", "wbot-redis"],
  ["rtc-egress", "rtc-egress:redis-password", "rtc-egress-redis"],
  ["thebot", "thebot:REDIS_PASSWORD", "thebot-redis"],
  ["thebot", "thebot:POSTGRES_PASSWORD", "thebot-postgres"],
] as const;

describe.each(servers)("%s with %s", (system, key, server) => {
  const stack = `config:\n  muster:${system}: {}\n`;

  test("gives it to the server, and generates none for it", async () => {
    const before = generated(await resources(stack));
    const after = generated(await resources(stack, { [key]: password }));
    expect(before.filter((name) => !after.includes(name))).toEqual([server]);
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  test.each([
    ["short", "8 to 128 letters"],
    ["with a space in it", "8 to 128 letters"],
    ["with,comma=and more", "8 to 128 letters"],
  ])("refuses %j without showing it", (value, because) => {
    using directory = new StackDirectory();
    const refused = directory.refusal(stack, { values: { [key]: value }, secretKeys: new Set([key]) });
    expect(refused.errors).toMatchObject([{ path: key, message: expect.stringContaining(because) }]);
    expect(refused.message).not.toContain(value);
  });
});

test("it comes from config alone, also where all other keys come from elsewhere", () => {
  using directory = new StackDirectory();
  const store = "external: { kubernetes: { namespace: team, secret: thebot } }";
  const stack = (keys: string) =>
    `config:\n  muster:thebot: { secrets: { source: external, ${store}, keys: { ${keys} } } }\n`;
  const parsed = directory.parse(stack(""), {
    values: { "thebot:POSTGRES_PASSWORD": password },
    secretKeys: new Set(["thebot:POSTGRES_PASSWORD"]),
  });
  expect(parsed.thebot!.secrets.values).toEqual({ POSTGRES_PASSWORD: password });
  expect(Object.keys(parsed.thebot!.secrets.external!.keys)).not.toContain("POSTGRES_PASSWORD");
  const { errors } = directory.refusal(stack("POSTGRES_PASSWORD: { source: external }"));
  expect(errors).toMatchObject([
    {
      path: "muster:thebot.secrets.keys.POSTGRES_PASSWORD.source",
      accepts: expect.stringContaining("config"),
    },
  ]);
});

async function resources(stack: string, values: Record<string, string> = {}) {
  using directory = new StackDirectory({ "stacks/prod/agentsmith.yml": "secrets: {}\n" });
  const secretKeys = new Set(Object.keys(values));
  const [system] = declaredSystems(directory.parse(stack, { stack: "prod", values, secretKeys }));
  return resourcesOf(system!, "prod");
}

/** The names of what is generated. */
function generated(all: readonly DeclaredResource[]): string[] {
  return all.flatMap(({ type, name }) =>
    type === "random:index/randomPassword:RandomPassword" ? [name] : [],
  );
}
