import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { cron } from "../../config/values/cron";
import { duration, parseDuration } from "../../config/values/duration";
import { environmentName } from "../../config/values/environment-name";
import { host } from "../../config/values/host";
import { image, parseImage } from "../../config/values/image";
import { annotations, labelKey, labelValue, nodeSelector } from "../../config/values/label";
import { dnsLabel, namespaceName, priorityClassName, storageClassName } from "../../config/values/name";
import { percentage } from "../../config/values/percentage";
import { placement } from "../../config/values/placement";
import { port } from "../../config/values/port";
import { bytesOf, compareQuantities, cpu, memory, storageSize } from "../../config/values/quantity";
import { redisBytes, redisMemory } from "../../config/values/redis-memory";
import { autoscaling, replicas } from "../../config/values/replicas";
import { resources } from "../../config/values/resources";
import { url } from "../../config/values/url";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const label63 = "a".repeat(63);

/** A kind of value, what it takes, and what it refuses with a word of the reason. */
const kinds: Record<
  string,
  { schema: z.ZodType; takes: unknown[]; refuses: [value: unknown, because: RegExp][] }
> = {
  cpu: {
    schema: cpu(),
    takes: ["250m", "1", "0.5", "1.5", ".5", "2e1", "1000m", "0.001", "100000u", 1, 0.25],
    refuses: [
      ["0.0005", /finer than 1m/],
      [0.0001, /finer than 1m/],
      ["999u", /finer than 1m/],
      ["0", /zero/],
      [0, /zero/],
      ["-1", /negative/],
      [-1, /negative/],
      ["1 core", /space/],
      ["1cores", /not a CPU quantity/],
      ["", /empty/],
      [null, /not a CPU quantity/],
      [true, /not a CPU quantity/],
      [[1], /not a CPU quantity/],
      ["1e99", /more than Kubernetes can count/],
      [1e300, /not a CPU quantity/],
      ["9".repeat(2000), /more than 1024/],
    ],
  },
  memory: {
    schema: memory(),
    takes: ["512Mi", "1Gi", "1.5Gi", "500M", "1e9", "128974848", 134217728, "8Pi", "1Ki"],
    refuses: [
      ["128m", /128Mi/],
      ["512MB", /unit "MB".*Mi/],
      ["1gb", /unit "gb".*Gi/],
      ["512mi", /unit "mi".*Mi/],
      ["0.1Gi", /whole number of bytes/],
      ["16Ei", /more than Kubernetes can count/],
      ["0Mi", /zero/],
      ["1Zi", /not a memory quantity/],
    ],
  },
  "storage size": {
    schema: storageSize(),
    takes: ["20Gi", "1Ti"],
    refuses: [
      [20, /put it in quotes/],
      ["20GB", /Gi/],
    ],
  },
  "Redis memory": {
    schema: redisMemory(),
    takes: ["256mb", "1gb", "100M", "512KB", "1000", 268435456],
    refuses: [
      ["256Mi", /256mb/],
      ["0", /zero/],
      ["1.5gb", /not an amount/],
      ["-1", /not an amount/],
    ],
  },
  duration: {
    schema: duration(),
    takes: ["90s", "1h30m", "1.5h", "250ms"],
    refuses: [
      ["90", /no unit/],
      [90, /not a duration/],
      ["2d", /days/],
      ["-5s", /negative/],
      ["0s", /zero/],
      ["999999h", /ten years/],
      ["1h 30m", /not a duration/],
    ],
  },
  cron: {
    schema: cron(),
    takes: [
      "30 2 * * *",
      "*/15 * * * *",
      "0 9-17/2 1,15 JAN-jun MON-FRI",
      "0 0 29 2 *",
      "@daily",
      "0 0 ? * 0",
    ],
    refuses: [
      ["0 0 30 2 *", /never|ever comes/],
      ["60 * * * *", /ever comes/],
      ["* * * * 7", /7 as a day/],
      ["0 0 * * MON-7", /7 as a day/],
      ["* * * * * *", /6 fields/],
      ["* * * *", /4 fields/],
      ["@reboot", /macro/],
      ["TZ=Europe/Berlin 0 2 * * *", /timeZone/],
      ["0 0 L * *", /letters/],
      ["*/0 * * * *", /ever comes/],
      ["5-1 * * * *", /ever comes/],
      ["0 0 * * MONDAY", /three letters/],
      ["0 0 * FOO *", /ever comes/],
      ["0 0 * * 5#2", /not a cron schedule/],
      ["", /empty/],
    ],
  },
  host: {
    schema: host(),
    takes: ["agentsmith.yourcompany.com", "localhost", "xn--bcher-kva.example", "1password.com"],
    refuses: [
      ["https://a.example", /URL/],
      ["a.example/path", /path/],
      ["a.example:443", /port/],
      ["*.a.example", /wildcard/],
      ["A.example", /capital/],
      ["a.example.", /dot/],
      ["10.0.0.1", /IP address/],
      ["a_b.example", /not a host name/],
      ["-a.example", /not a host name/],
      [`${label63}a.example`, /not a host name/],
      [`${`${"a".repeat(50)}.`.repeat(5)}example`, /more than 253/],
    ],
  },
  "host with wildcard": {
    schema: host({ wildcard: true }),
    takes: ["*.a.example", "a.example"],
    refuses: [
      ["*", /not a host name/],
      ["a.*.example", /not a host name/],
      ["*a.example", /not a host name/],
    ],
  },
  image: {
    schema: image(),
    takes: [
      "redis",
      "redis:7-alpine",
      `library/redis@${digest}`,
      "localhost:5000/a/b__c/d-e.f:1.0_x",
      "ghcr.io/voltade/vomeet-bot:production",
      `Registry.example:443/app:1@${digest}`,
      "[2001:db8::1]:5000/app",
    ],
    refuses: [
      ["Redis", /capital/],
      ["ghcr.io/Acme/app", /capital/],
      ["redis:", /empty tag/],
      ["redis:a b", /white space/],
      ["https://ghcr.io/app", /URL/],
      ["redis@sha256:abc", /64 hexadecimal/],
      [`redis@sha256:${"a".repeat(63)}`, /64 hexadecimal/],
      ["host:70000/app", /port/],
      ["a".repeat(64), /image id/],
      [`redis:${"a".repeat(129)}`, /not an image reference/],
      ["a//b", /not an image reference/],
      [":latest", /not an image reference/],
      [7, /put it in quotes/],
      [null, /not an image reference/],
    ],
  },
  "DNS label": {
    schema: dnsLabel(),
    takes: ["a", "web-recorder", label63, "1a"],
    refuses: [
      ["Web", /capital/],
      ["web_recorder", /underscore/],
      [`${label63}a`, /more than 63/],
      ["-a", /not a DNS label/],
      ["a.b", /not a DNS label/],
      [1, /put it in quotes/],
    ],
  },
  namespace: {
    schema: namespaceName(),
    takes: ["agentsmith-dev"],
    refuses: [
      ["default", /Kubernetes itself/],
      ["kube-system", /Kubernetes itself/],
    ],
  },
  "storage class": {
    schema: storageClassName(),
    takes: ["fast-ssd", "a.b"],
    refuses: [["fast ssd", /not the name/]],
  },
  "priority class": {
    schema: priorityClassName(),
    takes: ["high-priority"],
    refuses: [["High", /capital/]],
  },
  "label key": {
    schema: labelKey(),
    takes: ["zone", "topology.kubernetes.io/zone", "A.b_c", `${"a".repeat(250)}.io/${label63}`],
    refuses: [
      ["a b", /not a label key/],
      ["/zone", /not a label key/],
      ["a/b/c", /not a label key/],
      ["Foo.io/zone", /not a label key/],
      [`${"a".repeat(254)}/b`, /not a label key/],
      ["-a", /not a label key/],
      ["__proto__", /not a label key/],
    ],
  },
  "label value": {
    schema: labelValue(),
    takes: ["", "a", "1.2_3", label63],
    refuses: [
      ["a b", /not a label value/],
      ["a-", /not a label value/],
      [`${label63}a`, /more than 63/],
      [true, /put it in quotes/],
    ],
  },
  "node selector": {
    schema: nodeSelector(),
    takes: [{}, { "kubernetes.io/arch": "amd64" }],
    refuses: [
      [{ "a b": "c" }, /not a label key/],
      [{ gpu: true }, /put it in quotes/],
      [[], /not a mapping/],
      [JSON.parse('{"__proto__": "x"}'), /not a label key/],
    ],
  },
  annotations: {
    schema: annotations(),
    takes: [{ "nginx.ingress.kubernetes.io/proxy-body-size": "8m", empty: "", lines: "a\nb" }],
    refuses: [
      [{ a: 8 }, /put it in quotes/],
      [{ a: null }, /not text/],
      [{ "a b": "c" }, /not an annotation key/],
      [{ a: "x".repeat(300_000) }, /more than 262144/],
    ],
  },
  port: {
    schema: port(),
    takes: [1, 8080, 65535],
    refuses: [
      [0, /less than 1/],
      [65536, /more than 65535/],
      [80.5, /whole number/],
      ["80", /quotes off/],
      ["http", /whole number/],
      [null, /whole number/],
    ],
  },
  percentage: {
    schema: percentage(),
    takes: [1, 70, "70%", "100%"],
    refuses: [
      [0, /from 1 to 100/],
      ["101%", /from 1 to 100/],
      [0.7, /not a percentage/],
      ["70", /not a percentage/],
    ],
  },
  replicas: {
    schema: replicas(),
    takes: [1, 6],
    refuses: [
      [0, /less than 1/],
      [1e9, /more than 1000/],
    ],
  },
  autoscaling: {
    schema: autoscaling(),
    takes: [
      { minReplicas: 3, maxReplicas: 10, cpuUtilization: 70, memoryUtilization: 80 },
      { minReplicas: 2, maxReplicas: 2 },
    ],
    refuses: [
      [{ minReplicas: 4, maxReplicas: 2 }, /less than minReplicas, 4/],
      [{ minReplicas: 4, maxReplicas: 2, cpuUtilization: 0 }, /less than minReplicas, 4/],
    ],
  },
  resources: {
    schema: resources({
      requests: { cpu: "100m", memory: "128Mi" },
      limits: { cpu: "500m", memory: "512Mi" },
    }),
    takes: [
      {},
      { limits: { cpu: 2 } },
      { requests: { cpu: "1000m" }, limits: { cpu: "1" } },
      { requests: { memory: "1Gi" }, limits: { memory: "1073741824" } },
    ],
    refuses: [
      [{ limits: { cpu: "50m" } }, /less than what is requested, 100m/],
      [{ requests: { memory: "1Gi" }, limits: { memory: "1G" } }, /less than what is requested, 1Gi/],
    ],
  },
  placement: {
    schema: placement(),
    takes: [
      {},
      { tolerations: [{ operator: "Exists" }, { key: "gpu", value: "yes", effect: "NoSchedule" }] },
      { tolerations: [{ key: "x", effect: "NoExecute", tolerationSeconds: 60 }], spreadOver: ["zone"] },
    ],
    refuses: [
      [{ tolerations: [{ value: "x" }] }, /needs a key/],
      [{ tolerations: [{ key: "a", operator: "Exists", value: "x" }] }, /never compared/],
      [{ tolerations: [{ key: "a", tolerationSeconds: 5 }] }, /NoExecute/],
      [{ tolerations: [{ key: "a", effect: "noexecute" }] }, /nearest is NoExecute/],
      [{ spreadOver: ["zone", "zone"] }, /twice/],
    ],
  },
  url: {
    schema: url({ schemes: ["https", "wss"] }),
    takes: ["https://abc.supabase.co", "wss://whisper.example:8443/ws?x=1"],
    refuses: [
      ["http://a.example", /not a URL/],
      ["https://", /not a URL/],
      ["https://user:pass@a.example", /secret/],
      ["https://a b", /cannot be read/],
      ["https://a:99999", /cannot be read/],
    ],
  },
  "environment name": {
    schema: environmentName(),
    takes: ["LOG_LEVEL", "_x", "JobSpawner__Type"],
    refuses: [
      ["1A", /not the name/],
      ["A-B", /not the name/],
    ],
  },
};

describe.each(Object.entries(kinds))("%s", (_, { schema, takes, refuses }) => {
  it.each(takes.map((value) => [value]))("takes %j", (value) => {
    expect(schema.safeParse(value).error?.issues).toBeUndefined();
  });

  it.each(refuses)("refuses %.100j", (value, because) => {
    const messages = schema.safeParse(value).error?.issues.map(({ message }) => message) ?? [];
    expect(messages.join("\n")).toMatch(because);
  });
});

describe("what is parsed", () => {
  it("numbers stand for quantities as text", () => {
    expect([cpu().parse(1), memory().parse(1e21 / 1e3), redisMemory().parse(1024)]).toEqual([
      "1",
      "1000000000000000000",
      "1024",
    ]);
  });

  it("percentages are numbers", () => {
    expect([percentage().parse("70%"), percentage().parse(70)]).toEqual([70, 70]);
  });

  it.each([
    ["1000m", "1", 0],
    ["1Gi", "1G", 1],
    ["0.1", "100m", 0],
    ["1e3", "1k", 0],
    ["9007199254740993", "9007199254740992", 1],
    ["1n", "1u", -1],
    ["1.5Gi", "1536Mi", 0],
  ])("%s against %s is %i, exactly", (a, b, order) => {
    expect(compareQuantities(a, b)).toBe(order);
    expect(compareQuantities(b, a)).toBe(order === 0 ? 0 : -order);
  });

  it("bytes are exact", () => {
    expect(bytesOf("384Mi")).toBe(402653184n);
    expect(bytesOf("128m")).toBeUndefined();
    expect(redisBytes("256mb")).toBe(268435456n);
    expect(redisBytes("256M")).toBe(256000000n);
    expect(redisBytes("256Mi")).toBeUndefined();
  });

  it("durations are milliseconds", () => {
    expect(parseDuration("1h30m")).toBe(5_400_000);
    expect(parseDuration("1h30")).toBeUndefined();
  });

  it("an image falls into repository, tag and digest", () => {
    expect(parseImage(`localhost:5000/a/b:1@${digest}`)).toEqual({
      repository: "localhost:5000/a/b",
      tag: "1",
      digest,
    });
    expect(parseImage("localhost:5000/a/b")).toEqual({ repository: "localhost:5000/a/b" });
  });

  it("every default is within its own limits", () => {
    expect(autoscaling().parse({ minReplicas: 1, maxReplicas: 2 }).cpuUtilization).toBe(70);
  });
});

it("a text of a million characters is refused at once", () => {
  for (const [name, { schema }] of Object.entries(kinds)) {
    for (const part of ["a", "a-", "1", ".", "a/", "0 "]) {
      const started = performance.now();
      schema.safeParse(part.repeat(1_000_000 / part.length));
      expect(performance.now() - started, `${name} of ${part}`).toBeLessThan(200);
    }
  }
});
