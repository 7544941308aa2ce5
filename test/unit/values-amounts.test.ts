import { describe, expect, it } from "vitest";
import { bytesOf, compareQuantities, parseQuantity, wholeCores } from "../../config/values/amount";
import { canonicalDuration, duration, parseDuration } from "../../config/values/duration";
import { percentage } from "../../config/values/percentage";
import { port } from "../../config/values/port";
import { cpu, memory, storageSize } from "../../config/values/quantity";
import { redisBytes, redisMemory } from "../../config/values/redis-memory";
import { autoscaling, replicas } from "../../config/values/replicas";
import { resources } from "../../config/values/resources";
import { takesAndRefuses } from "./takes-and-refuses";

takesAndRefuses({
  cpu: {
    schema: cpu(),
    takes: [
      "250m",
      "1",
      "0.5",
      "1.5",
      ".5",
      "2e1",
      "1000m",
      "0.001",
      "100000u",
      1,
      0.25,
      99.999,
      "99",
      "100000m",
    ],
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
      [500, /500 cores: thousandths of one have the suffix m; if cores are meant, write 500000m/],
      ["100", /write 100000m/],
      ["1e2", /write 100000m/],
      ["9".repeat(2000), /more than 1024/],
    ],
  },
  memory: {
    schema: memory("12Mi"),
    takes: ["512Mi", "1Gi", "1.5Gi", "500M", "1e9", "128974848", 134217728, "8Pi", "12Mi", "12288Ki"],
    refuses: [
      [512, /512 bytes: the suffix is missing, as in 512Mi/],
      ["512", /as in 512Mi/],
      ["12287Ki", /less than 12Mi/],
      [12582911, /the suffix is missing/],
      [134217728.5, /whole number/],
      [2 ** 60, /is more than 9007199254740991/],
      ["128m", /128Mi/],
      ["512MB", /unit MB,.*Mi/],
      ["1gb", /unit gb,.*Gi/],
      ["512mi", /unit mi,.*Mi/],
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
      [20, /as in 20Gi/],
      [2 ** 30, /put it in quotes/],
      ["20", /20 bytes: the suffix is missing, as in 20Gi/],
      ["1023Ki", /less than 1Mi/],
      ["20GB", /Gi/],
    ],
  },
  "Redis memory": {
    schema: redisMemory(),
    takes: ["256mb", "1gb", "100M", "1024KB", "1048576", 268435456],
    refuses: [
      ["512kb", /less than 1mb/],
      [256, /256 bytes: the suffix is missing, as in 256mb/],
      ["1M", /less than 1mb/],
      ["256Mi", /256mb/],
      ["0", /zero/],
      ["1.5gb", /not an amount/],
      ["-1", /not an amount/],
    ],
  },
  duration: {
    schema: duration(),
    takes: ["90s", "1h30m", "1.5h", "1s", "1000ms", "0.5s500ms", "87660h"],
    refuses: [
      ["90", /no unit/],
      [90, /no unit/],
      ["2d", /days/],
      ["-5s", /negative/],
      ["0s", /zero/],
      ["250ms", /less than a second/],
      ["0.9999h0.0001ms", /finer than a millisecond/],
      ["87660h1ms", /ten years/],
      [`${"9".repeat(400)}h`, /ten years/],
      ["1h 30m", /not a duration/],
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
      {
        minReplicas: 1,
        maxReplicas: 2,
        podMetrics: [
          { name: "a:b", averageValue: 1 },
          { name: "b", averageValue: "500m" },
        ],
        scaleUp: { policies: [{ type: "Pods", value: 1, periodSeconds: 1800 }] },
      },
    ],
    refuses: [
      [{ minReplicas: 1, maxReplicas: 2, scaleUp: { policies: [] } }, /is empty/],
      [{ minReplicas: 1, maxReplicas: 2, scaleDown: { policies: [] } }, /is empty/],
      [{ minReplicas: 1, maxReplicas: 2, podMetrics: [{ name: "a", averageValue: 0.5 }] }, /not a quantity/],
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
});

describe("a quantity of Kubernetes", () => {
  it.each([
    ["1e3", 1n, 3],
    ["1E+3", 1n, 3],
    ["1e-3", 1n, -3],
    ["1.5Ki", 15360n, -1],
    ["1.25k", 125n, 1],
  ])("%s is %d times ten to the power of %d", (text, units, exponent) => {
    expect(parseQuantity(text)).toEqual({ units, exponent });
  });

  it.each(["", "Ki", "1KI", "1e", "e3", "-1", "1 Gi"])('"%s" is none', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
    expect(compareQuantities(text, "1")).toBeUndefined();
    expect(compareQuantities("1", text)).toBeUndefined();
  });

  it.each([
    ["2500m", 2],
    ["3", 3],
    ["0.5", 0],
  ])("%s of CPU has %d whole cores", (cpu, cores) => {
    expect(wholeCores(cpu)).toBe(cores);
  });
});

describe("what is parsed", () => {
  it("numbers stand for quantities as text", () => {
    expect([cpu().parse(1), memory("1Mi").parse(2 ** 50), redisMemory().parse(2 ** 20)]).toEqual([
      "1",
      "1125899906842624",
      "1048576",
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
    expect(bytesOf("1.5Ki")).toBe(1536n);
    expect(bytesOf(".25Gi")).toBe(268435456n);
    expect(bytesOf("1Gb")).toBeUndefined();
    expect(redisBytes("256mb")).toBe(268435456n);
    expect(redisBytes("256M")).toBe(256000000n);
    expect(redisBytes("256Mi")).toBeUndefined();
  });

  it("durations are milliseconds", () => {
    expect(parseDuration("1h30m")).toBe(5_400_000n);
    expect(parseDuration("1.1h")).toBe(3_960_000n);
    expect(parseDuration("1h30")).toBeUndefined();
    expect(parseDuration("0.0001s")).toBeUndefined();
  });
});

it.each([
  ["1h", "1h0m0s"],
  ["90s", "1m30s"],
  ["10m", "10m0s"],
  ["1h30m", "1h30m0s"],
  ["2s", "2s"],
  ["1500ms", "1.5s"],
  ["1.1h", "1h6m0s"],
  ["0.7h0.1m", "42m6s"],
  ["1.001s", "1.001s"],
  ["59m59.999s", "59m59.999s"],
  ["87660h", "87660h0m0s"],
])("%s is written as Go prints it: %s", (duration, canonical) => {
  expect(canonicalDuration(duration)).toBe(canonical);
});
