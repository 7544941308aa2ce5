import { describe, expect, it } from "vitest";
import { StackDirectory } from "./stack-directory";

const stack = (settings: string) => `config:\n  muster:wbot: ${settings}\n`;

it("fills in the document's defaults", () => {
  using directory = new StackDirectory();
  expect(directory.parse(stack("{ ingress: { host: wbot.example.com } }")).wbot).toMatchObject({
    namespace: "wbot-dev",
    ai: {
      scale: { replicas: 2 },
      resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { cpu: "2000m", memory: "2Gi" } },
    },
    web: {
      scale: { replicas: 2 },
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
    },
    redis: {
      image: "redis:7-alpine",
      maxMemory: "384mb",
      maxMemoryPolicy: "allkeys-lru",
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
    },
    langsmith: { tracing: false, project: "wbot-wellness" },
    ingress: { className: "nginx", timeoutSeconds: 3600, requestsPerSecond: 10 },
  });
});

it("lives in wbot in prod", () => {
  using directory = new StackDirectory();
  expect(directory.parse(stack("{}"), { stack: "prod" }).wbot?.namespace).toBe("wbot");
});

it("is scaled for 70 % CPU, within the bounds that are given", () => {
  using directory = new StackDirectory();
  const { ai } = directory.parse(stack("{ ai: { autoscaling: { minReplicas: 2, maxReplicas: 10 } } }")).wbot!;
  expect(ai.scale).toMatchObject({
    autoscaling: { minReplicas: 2, maxReplicas: 10, cpuUtilization: 70 },
  });
});

it("the frontend goes to spot nodes, and the AI backend does not", () => {
  using directory = new StackDirectory();
  const spot = "{ nodeSelector: { lifecycle: spot }, tolerations: [{ key: spot, operator: Exists }] }";
  const { web, ai } = directory.parse(stack(`{ web: { placement: ${spot} } }`)).wbot!;
  expect(web.placement).toEqual({
    nodeSelector: { lifecycle: "spot" },
    tolerations: [{ key: "spot", operator: "Exists" }],
  });
  expect(ai.placement).toEqual({});
});

it("a real cluster wants every secret but two", () => {
  using directory = new StackDirectory();
  const { errors, message } = directory.refusal(stack("{}"), { local: false });
  expect(errors.map(({ path }) => path)).toEqual(
    [
      "SUPABASE_URL",
      "SUPABASE_ANON_KEY",
      "SUPABASE_SERVICE_KEY",
      "DATABASE_URI",
      "ANTHROPIC_API_KEY",
      "GOOGLE_API_KEY",
    ].map((key) => `wbot:${key}`),
  );
  expect(message).toContain("pulumi config set --secret wbot:DATABASE_URI --stack dev");
});

it("a managed Redis has the password that is given, whatever is in it", () => {
  using directory = new StackDirectory();
  const values = { "wbot:REDIS_PASSWORD": "p:@/ s" };
  const secretKeys = new Set(Object.keys(values));
  const managed = stack("{ managedRedis: { host: cache.example.com } }");
  expect(directory.parse(managed, { values, secretKeys }).wbot?.secrets.values).toEqual({
    REDIS_PASSWORD: "p:@/ s",
  });
  const { errors } = directory.refusal(managed, { local: false });
  expect(errors).toContainEqual(expect.objectContaining({ path: "wbot:REDIS_PASSWORD" }));
});

it("what only a Redis of others needs is read by nobody without it", () => {
  using directory = new StackDirectory();
  const key = "vomeet-bot:redis-url";
  const given = { values: { [key]: "redis://:one@redis:6379/0" }, secretKeys: new Set([key]) };
  const { errors } = directory.refusal("config:\n  muster:vomeet-bot: {}\n", given);
  expect(errors).toMatchObject([
    { path: key, message: expect.stringMatching(/without muster:vomeet-bot.externalRedis/) },
  ]);
});

it("an ingress may be served by a Gateway", () => {
  using directory = new StackDirectory();
  const ingress =
    "{ host: wbot.example.com, gateway: { name: public, namespace: gateways, listener: https } }";
  expect(directory.parse(stack(`{ ingress: ${ingress} }`)).wbot?.ingress?.gateway).toEqual({
    name: "public",
    namespace: "gateways",
    listener: "https",
  });
});

describe("refuses", () => {
  const ingress = (settings: string) => `ingress: { host: wbot.example.com, ${settings} }`;
  it.each([
    [ingress(`cors: { origins: ["*"], credentials: true }`), "ingress.cors.origins", /every page of the web/],
    [ingress("cors: { origins: [https://wbot.example.com/app] }"), "ingress.cors.origins[0]", /has a path/],
    [ingress("cors: { origins: [https://a.example], methods: [FETCH] }"), "ingress.cors.methods[0]", /FETCH/],
    [ingress("issuer: letsencrypt-prod"), "ingress.issuer", /nothing serves/],
    [ingress("requestsPerSecond: 0"), "ingress.requestsPerSecond", /less than 1/],
    [ingress("timeoutSeconds: 1h"), "ingress.timeoutSeconds", /whole number/],
    [ingress("gateway: { name: public }"), "ingress.gateway.namespace", /missing/],
    [ingress("gateway: { name: Public, namespace: x }"), "ingress.gateway.name", /capital/],
    ["image: { ai: WBOT }", "image.ai", /capital/],
    ["autoscaling: { minReplicas: 2 }", "autoscaling", /not a key/],
    [
      "ai: { autoscaling: { minReplicas: 4, maxReplicas: 2 } }",
      "ai.autoscaling.maxReplicas",
      /less than minReplicas/,
    ],
    [
      "web: { replicas: 2, autoscaling: { minReplicas: 2, maxReplicas: 5 } }",
      "web.replicas",
      /fight the autoscaler/,
    ],
    ["redis: { maxMemory: 512mb }", "redis.maxMemory", /80 %/],
    ["redis: {}\n    managedRedis: { host: cache.example.com }", "redis", /managedRedis/],
    ["langsmith: { tracing: yes please }", "langsmith.tracing", /yes please/],
  ])("%s", (line, path, because) => {
    using directory = new StackDirectory();
    const { errors } = directory.refusal(stack(`\n    ${line}`));
    expect(errors).toMatchObject([
      { file: "Pulumi.dev.yaml", path: `muster:wbot.${path}`, message: expect.stringMatching(because) },
    ]);
  });

  it("a secret in plain text, without showing it", () => {
    using directory = new StackDirectory();
    const values = { "wbot:SUPABASE_SERVICE_KEY": "eyJhbGci" };
    const { errors, message } = directory.refusal(stack("{}"), { values });
    expect(errors).toMatchObject([
      { path: "wbot:SUPABASE_SERVICE_KEY", message: expect.stringMatching(/plain text/) },
    ]);
    expect(message).not.toContain("eyJhbGci");
  });
});
