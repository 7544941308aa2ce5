import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, test } from "vitest";
import { parse } from "yaml";
import type { Path } from "../../config/path";
import { looksSecret, withoutSecrets, withoutTokens } from "../../config/secret-looking";
import { show } from "../../config/show";
import { randomFrom } from "./mutate";
import { StackDirectory } from "./stack-directory";

const random = randomFrom(19);
const drawn = (characters: string, length: number) =>
  Array.from({ length }, () => characters[Math.floor(random() * characters.length)]).join("");
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** As their makers write them; none was ever given out. */
const secrets = {
  Anthropic: `sk-ant-api03-${drawn(letters, 93)}-${drawn(letters, 8)}`,
  OpenAI: `sk-proj-${drawn(letters, 48)}`,
  "Slack bot": `xoxb-123456789012-${drawn("0123456789", 13)}-${drawn(letters, 24)}`,
  "Slack signing secret": drawn("0123456789abcdef", 32),
  GitHub: `ghp_${drawn(letters, 36)}`,
  GitLab: `glpat-${drawn(letters, 20)}`,
  AWS: drawn(`${letters}+/`, 40),
  Google: `AIza${drawn(letters, 35)}`,
  Jira: `ATATT3xFfGF0${drawn(letters, 40)}`,
  JWT: `eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoi${drawn(letters, 40)}.${drawn(letters, 43)}`,
  "1Password": `ops_${drawn(letters, 60)}`,
  URL: `postgresql://app:${drawn("abcdefgh", 12)}@db.example.com/app`,
  "connection string": `redis:6379,password=${drawn("abcdefgh", 12)}`,
  "key of Django": drawn("abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)", 50),
  base64: `${drawn(`${letters}+/`, 43)}=`,
  UUID: "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
};

const project = join(__dirname, "../..");
const full: Record<string, unknown> = parse(readFileSync(join(__dirname, "full.stack.yaml"), "utf8")).config;

/** The parts of a secret that nobody may find in a message: what makes its kind known is none. */
function partsOf(secret: string): string[] {
  const own = secret.replace(
    /^(sk-ant-api03-|sk-proj-|xoxb-|ATATT3xFfGF0|postgresql:\/\/app:|redis:6379,password=)/,
    "",
  );
  return Array.from({ length: Math.max(1, own.length - 7) }, (_, start) =>
    own.slice(start, start + 8),
  ).filter((part) => !"@db.example.com/app".includes(part));
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, below]) => pathsOf(below, [...path, key]))];
}

/** The config with a value at a path, as Pulumi hands it over. */
function withAt([key, ...path]: Path, value: unknown): Record<string, string> {
  const config = { ...full, [key!]: structuredClone(full[key!]) };
  let at: Record<string | number, unknown> = config;
  let last = key!;
  for (const step of path) {
    at = at[last] as typeof at;
    last = step;
  }
  at[last] = value;
  return Object.fromEntries(
    Object.entries(config).map(([name, each]) => [
      name,
      typeof each === "string" ? each : JSON.stringify(each),
    ]),
  );
}

it("none in plain text at any place of a stack's config is in a message", () => {
  using directory = new StackDirectory();
  cpSync(join(project, "stacks"), join(directory.path, "stacks"), { recursive: true });
  cpSync(join(project, "stacks/prod"), join(directory.path, "stacks/full"), { recursive: true });
  const kinds = Object.values(secrets);
  let refused = 0;
  for (const [index, path] of pathsOf(full).slice(1).entries()) {
    const secret = kinds[index % kinds.length]!;
    // In the place of the value, as a key, below one that nobody knows, and in a list.
    const value = [secret, { [secret]: 1 }, { password: secret }, [secret]][Math.floor(random() * 4)];
    const message = directory.messageOf("config: {}", { stack: "full", values: withAt(path, value) });
    if (message === undefined) continue;
    refused++;
    for (const part of partsOf(secret))
      if (message.includes(part)) expect.fail(`${path.join(".")} shows ${part} of ${secret}:\n${message}`);
  }
  expect(refused).toBeGreaterThan(200);
});

test.each(Object.entries(secrets))(
  "a secret of the kind %s is hidden in a value and in a parser's words",
  (_, secret) => {
    expect(show(secret)).toBe("[not shown: it may be a secret]");
    expect(show({ any: [{ where: secret }] })).toBe("[not shown: it may be a secret]");
    const said = withoutSecrets(`Unexpected token at "${secret}" in line 7`);
    for (const part of partsOf(secret)) expect(said).not.toContain(part);
    expect(said).toMatch(/^Unexpected token at .*in line 7$/);
  },
);

test.each(["anthropic-api-key", "jira-email"])("a short one at the place of its own source, %s", (key) => {
  using directory = new StackDirectory();
  const { message } = directory.refusal(`config:
  muster:agentsmith:
    secrets: { keys: { ${key}: hunter2 } }
`);
  expect(message).not.toContain("hunter");
  expect(message).toContain(`Pulumi.dev.yaml:3:24  muster:agentsmith.secrets.keys.${key}\n`);
  expect(message).toContain(`pulumi config set --secret agentsmith:${key} --stack dev`);
});

test("an encrypted one within a system's settings is told by its place, and nothing of the value around it is", () => {
  using directory = new StackDirectory();
  const stackFile = `config:
  muster:agentsmith:
    secrets:
      keys:
        anthropic-api-key: { secure: v1:abc }
`;
  const values = {
    "muster:agentsmith": JSON.stringify({
      secrets: { keys: { "anthropic-api-key": "hunter2" } },
      ingress: { host: "NO!" },
    }),
  };
  const secretKeys = new Set(["muster:agentsmith"]);
  const { message, errors } = directory.refusal(stackFile, { values, secretKeys, local: false });
  expect(message).not.toMatch(/hunter2|NO!/);
  expect(errors[0]).toMatchObject({
    line: 5,
    path: "muster:agentsmith.secrets.keys.anthropic-api-key",
    mend: "pulumi config rm --path 'muster:agentsmith.secrets.keys.anthropic-api-key' --stack dev, then pulumi config set --secret agentsmith:anthropic-api-key --stack dev",
  });
});

test.each([
  "ghcr.io/acme/agentsmith-dispatcher:1.4.2",
  `ghcr.io/acme/x@sha256:${"0123456789abcdef".repeat(4)}`,
  "rtc-egress-webhook-notifier-7d9f8b6c5d-x2x4z",
  "nginx.ingress.kubernetes.io/proxy-body-size",
  "terminationGracePeriodSeconds",
  "https://connect.example.com:8443/path",
  "https://hooks.example.com/services/alerts-of-production",
  "K8S_BOT_TTL_AFTER_FINISHED",
  "stacks/prod-eu/agentsmith.yml",
  "sk-learn",
  "one two three",
])("%s is shown as it is", (text) => {
  expect(looksSecret(text)).toBe(false);
  expect(withoutSecrets(text)).toBe(text);
});

test("a text full of digests loses nothing but tokens", () => {
  const text = `muster.dev/files: "${"0123456789abcdef".repeat(4)}" token ${secrets.GitHub}\n`;
  expect(withoutTokens(text)).toBe(
    `muster.dev/files: "${"0123456789abcdef".repeat(4)}" token [not shown: it may be a secret]\n`,
  );
  const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\ndef\n-----END RSA PRIVATE KEY-----";
  expect(withoutTokens(`a ${key} b`)).toBe("a [not shown: it may be a secret] b");
});

test.each(["a", "a-", "a.", "://", "sk-", "x:", "password="])(
  "a long text of %j is looked at quickly",
  (part) => {
    const started = performance.now();
    withoutSecrets(part.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  },
);
