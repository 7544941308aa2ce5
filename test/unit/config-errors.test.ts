import { expect, it } from "vitest";
import { StackDirectory } from "./stack-directory";

const allSecrets = {
  "agentsmith:anthropic-api-key": "sk-secret-1",
  "agentsmith:slack-bot-token": "xoxb-secret-2",
  "agentsmith:slack-signing-secret": "secret-3",
};

it("tells every error at once, in the order of the file, each with its place, value and mend", () => {
  using directory = new StackDirectory();
  const { message } = directory.refusal(`config:
  muster:agentsmith:
    ingress: {}
    dispatcher:
      replcias: 2
      port: 70000
    image:
      pullPolicy: always
    redis:
      maxMemory: 512mb
`);
  expect(message).toBe(`The stack's config has 5 errors; nothing was created or changed.

Pulumi.dev.yaml:3:5  muster:agentsmith.ingress.host
    It is missing.
    Accepted: a host name, such as app.example.com.

Pulumi.dev.yaml:5:7  muster:agentsmith.dispatcher.replcias
    "replcias" is not a key that is known here; the nearest is replicas.
    Accepted: replicas, autoscaling, resources, rolloutTimeoutSeconds, probes, terminationGracePeriodSeconds, safeToEvict, podAnnotations, serviceAccount, imagePullSecrets, placement, port.

Pulumi.dev.yaml:6:7  muster:agentsmith.dispatcher.port
    70000 is more than 65535.
    Accepted: a whole number from 1 to 65535.

Pulumi.dev.yaml:8:7  muster:agentsmith.image.pullPolicy
    "always" is none of these; the nearest is Always.
    Accepted: one of Always, IfNotPresent, Never.

Pulumi.dev.yaml:10:7  muster:agentsmith.redis.maxMemory
    "512mb" is more than 80 % of the memory limit, 384Mi, and Redis needs the rest for itself (muster:agentsmith.redis.resources.limits.memory).
    Accepted: a smaller maxMemory, or a larger limit.
`);
});

it.each([
  ["spawner: {type: docker}", "muster:agentsmith.spawner.type", /Docker socket.*restricted/],
  [
    "dispatcher: {replicas: 2, autoscaling: {minReplicas: 1, maxReplicas: 2}}",
    "muster:agentsmith.dispatcher.replicas",
    /autoscaler/,
  ],
  ["ingress: {host: a.example, certificate: x}", "muster:agentsmith.ingress.certificate", /tls is false/],
  [
    "ingress: {host: a.example, tls: true, issuer: x, certificate: y}",
    "muster:agentsmith.ingress.certificate",
    /stands beside an issuer/,
  ],
  [
    "ingress: {host: a.example, tls: true, certificate: y, gateway: {name: g, namespace: g}}",
    "muster:agentsmith.ingress.certificate",
    /its listener's/,
  ],
  [
    "dispatcher: {serviceAccount: {create: false}}",
    "muster:agentsmith.dispatcher.serviceAccount.name",
    /is missing/,
  ],
  [
    "dispatcher: {serviceAccount: {name: mine}}",
    "muster:agentsmith.dispatcher.serviceAccount.name",
    /create is true/,
  ],
  [
    "dispatcher: {serviceAccount: {create: false, name: mine, annotations: {a: b}}}",
    "muster:agentsmith.dispatcher.serviceAccount.annotations",
    /not made/,
  ],
  ["ingress: {host: a.example, issuer: x}", "muster:agentsmith.ingress.issuer", /tls is false.*ingress\.tls/],
  [
    "ingress: {host: a.example, tls: true, issuer: x, annotations: {cert-manager.io/cluster-issuer: y}}",
    'muster:agentsmith.ingress.annotations["cert-manager.io/cluster-issuer"]',
    /says again/,
  ],
  ["ingress: {host: a.example, tls: yes}", "muster:agentsmith.ingress.tls", /neither true nor false/],
  ["dispatcher: null", "muster:agentsmith.dispatcher", /null is not a mapping/],
  ["imagePullSecrets: a", "muster:agentsmith.imagePullSecrets", /not a list/],
  ["imagePullSecrets: [a, b, a]", "muster:agentsmith.imagePullSecrets[2]", /twice/],
  ["config: ../secrets.yml", "muster:agentsmith.config", /out of the project/],
  ["config: /etc/passwd", "muster:agentsmith.config", /absolute/],
  ["config: stacks/none.yml", "muster:agentsmith.config", /"stacks\/none.yml" is not there/],
  ["config: stacks", "muster:agentsmith.config", /folder/],
])("refuses %s", (line, path, because) => {
  using directory = new StackDirectory();
  const { errors } = directory.refusal(`config:\n  muster:agentsmith:\n    ${line}\n`);
  expect(errors).toMatchObject([
    { file: "Pulumi.dev.yaml", line: 3, path, message: expect.stringMatching(because) },
  ]);
});

it.each([
  ["muster:agentsmth: {}", /nearest is muster:agentsmith/],
  ["agentsmit: {}", /nearest is muster:agentsmith/],
  ["muster:agentsmith.image.agent: x", /pulumi config set --path/],
  ["kubernets:context: x", /"kubernets" is not a namespace.*nearest is kubernetes/],
  ["agentsmith:slack-token: x", /nearest is agentsmith:slack-bot-token/],
  ["muster:agentsmith:", /empty.*muster:agentsmith: \{\}/s],
  ["muster:agentsmith: 12", /12 is not a mapping/],
])("refuses the key %s", (line, because) => {
  using directory = new StackDirectory();
  const { message } = directory.refusal(
    `config:\n  ${line}\n${line.includes("agentsmith:") ? "" : "  muster:agentsmith: {}\n"}`,
  );
  expect(message).toMatch(because);
  expect(message).toMatch(/^Pulumi.dev.yaml:2:3 {2}/m);
});

it("a mistake hides none elsewhere", () => {
  using directory = new StackDirectory({});
  const { errors } = directory.refusal(
    "config: {muster:agentsmith: {redis: null, port: 1}, muster:cluster: []}",
    { local: false },
  );
  expect(errors.map(({ path }) => path)).toEqual([
    "muster:agentsmith.config",
    "muster:agentsmith.redis",
    "muster:agentsmith.port",
    "muster:cluster",
    ...Object.keys(allSecrets),
  ]);
});

it.each([
  ["acme/*", false],
  ["redis", false],
  ["ghcr.io", false],
  ["ghcr.io/acme/*:1.0", false],
  ["ghcr.io/acme/*", true],
  ["*/acme/web", true],
  ["localhost/web", true],
  ["registry.acme.internal:5000/*", true],
])("%s says where images may come from: %s", (registry, isOne) => {
  using directory = new StackDirectory();
  const text = `config: {muster:agentsmith: {}, muster:cluster: {images: {registries: ['${registry}']}}}`;
  if (isOne) expect(directory.parse(text, { local: true }).cluster.images?.registries).toEqual([registry]);
  else
    expect(directory.refusal(text, { local: true }).errors.map(({ path }) => path)).toEqual([
      "muster:cluster.images.registries[0]",
    ]);
});

it("a missing required secret is told with its command and what needs it, except on the local cluster", () => {
  using directory = new StackDirectory();
  const { errors, message } = directory.refusal("config: {muster:agentsmith: {}}", { local: false });
  expect(errors.map(({ path }) => path)).toEqual(Object.keys(allSecrets));
  expect(message).toContain("Mend: pulumi config set --secret agentsmith:anthropic-api-key --stack dev");
  expect(message).toContain("needed by the dispatcher, to answer in Slack");
  expect(directory.parse("config: {muster:agentsmith: {}}", { local: true }).agentsmith).toBeDefined();
});

it("no message holds the value of a secret", () => {
  using directory = new StackDirectory();
  const values = {
    ...allSecrets,
    "agentsmith:slack-bot-token": "xoxb-secret-2\n",
    "agentsmith:jira-email": "",
    "agentsmith:unknown": "secret-4",
  };
  const secretKeys = new Set(["agentsmith:slack-bot-token", "agentsmith:jira-email", "agentsmith:unknown"]);
  const { message } = directory.refusal("config: {muster:agentsmith: {}}", {
    values,
    secretKeys,
    local: false,
  });
  expect(message).not.toMatch(/secret-\d/);
  expect(message).toMatch(/anthropic-api-key\n.*plain text/);
  expect(message).toMatch(/slack-bot-token\n.*white space/);
  expect(message).toMatch(/jira-email\n.*empty/);
});

it("a secret within a system's settings is refused unseen", () => {
  using directory = new StackDirectory();
  const values = { "muster:agentsmith": '{"redis":{"image":"s3cret value"}}' };
  const { message } = directory.refusal("config: {}", { values, secretKeys: new Set(["muster:agentsmith"]) });
  expect(message).toContain("muster:agentsmith\n    It holds a secret value");
  expect(message).not.toContain("s3cret");
});

it.each([
  ["an open bracket", "secrets: {a: 1", ":1:15"],
  ["a key twice", "a: 1\na: 2\n", ":2:1"],
  ["a tab", "a:\n\t- b\n", ":2:1"],
  ["a list", "- a\n", ":1:1"],
  ["a text", "just text", ":1:1"],
  ["nothing", "", ":1:1"],
  ["a comment alone", "# nothing\n", ":1:1"],
  ["two documents", "a: 1\n---\nb: 2\n", ":2:1"],
  ["an alias of nothing", "a: &x 1\nb: *y\n", ":2:4"],
  ["more than 1 MiB", `a: ${"x".repeat(1_100_000)}\n`, "  "],
])("refuses a config file with %s, and says where", (_, content, place) => {
  using directory = new StackDirectory({ "stacks/dev/agentsmith.yml": content });
  const { message } = directory.refusal("config: {muster:agentsmith: {}}");
  expect(message).toContain(`stacks/dev/agentsmith.yml${place}`);
  expect(message).toContain("muster:agentsmith.config");
});

it("a value is shortened, and shown without what a terminal would obey", () => {
  using directory = new StackDirectory();
  const stackFile = (value: string) => `config: {muster:agentsmith: {namespace: ${JSON.stringify(value)}}}`;
  expect(directory.refusal(stackFile("x y".repeat(5000))).message.length).toBeLessThan(700);
  const { message } = directory.refusal(stackFile("a\u001b[31m\u202eb\u0007"));
  expect(message).not.toMatch(/[^\n\P{C}]/u);
});

it("a value of any depth is refused by its path", () => {
  using directory = new StackDirectory();
  for (const depth of [60, 5000, 100_000]) {
    const deep = "[".repeat(depth) + "]".repeat(depth);
    for (const json of [deep, `{"config":${deep}}`, `{"imagePullSecrets":[${deep}]}`]) {
      const { message } = directory.refusal("config: {}", { values: { "muster:agentsmith": json } });
      expect(message).toContain("muster:agentsmith\n    It is nested more than 50 deep.");
    }
  }
});

it("does without the stack's file, where the config comes from elsewhere", () => {
  using directory = new StackDirectory();
  const values = { "muster:agentsmith": '{"namespace":"A"}' };
  const { errors } = directory.refusal("config: {}", { values });
  expect(errors).toMatchObject([{ file: "Pulumi.dev.yaml", path: "muster:agentsmith.namespace" }]);
  expect(errors[0]).not.toHaveProperty("line");
});
