import { describe, expect, test } from "vitest";
import { unknownName } from "../../components/check/finding";
import type { SystemDeclaration, Workload } from "../../components/declaration";
import { claim } from "../../components/persistent-volume-claim";
import { systemGraphs } from "../../components/system-graph";
import { found, said, withApi } from "./said-of-shop";
import { api, mailer, postgresql, redis, reporter, secrets, shop, web } from "./small-system";

const accepted = (change: Partial<SystemDeclaration>) => found(change).map(({ accepts }) => accepts);

describe("a declaration is told what would be right", () => {
  const two = { ...mailer, name: "two", after: [{ name: "one" }] };
  const onlyHost = [{ host: "shop.example.com", routes: [] }];
  test.each<[string, Partial<SystemDeclaration>, string[]]>([
    [
      "a name that is taken",
      { workloads: [...shop.workloads, { ...web, user: 2 }] },
      ["a name of its own for each"],
    ],
    [
      "a name that is none",
      { workloads: [...shop.workloads, { ...mailer, name: "M" }] },
      ["at most 54 small letters, digits and hyphens, a letter first"],
    ],
    ["a path that is none", withApi({ writable: { logs: "1Mi" } }), ["/…"]],
    [
      "a path that is taken",
      withApi({ writable: { "/a": "1Mi" }, mounts: [{ path: "/a", from: { name: "f", files: {} } }] }),
      ["one thing at each path"],
    ],
    ["a port that is none", withApi({ ports: { http: 0, metrics: 9090 } }), ["1 to 65535"]],
    ["a port that is taken", withApi({ ports: { http: 9090, metrics: 9090 } }), ["one name for each port"]],
    [
      "a port by no name",
      withApi({ ports: { http: 1, metrics: 2, A: 3 } }),
      ["at most 15 small letters, digits and single hyphens, with a letter among them"],
    ],
    [
      "a port that is not there",
      withApi({ readiness: { check: { path: "/", port: "web" }, periodSeconds: 1, timeoutSeconds: 1 } }),
      ["http, metrics"],
    ],
    [
      "an edge that is not there",
      { workloads: [web, api, mailer, reporter] },
      ["api, web, mailer, report, reporter"],
    ],
    [
      "an edge to another of that name",
      { workloads: [{ ...web, uses: [{ name: "api", ports: {} }] }, api, redis] },
      ["the workload itself"],
    ],
    ["a password that is out of reach", withApi({ uses: [] }), ["redis among what it uses"]],
    [
      "a key that is not there",
      withApi({ environment: { U: { secret: secrets, key: "u" } } }),
      ["redis-url, mail-token"],
    ],
    [
      "a dispatcher without rights",
      { workloads: [web, api, redis, { ...reporter, uses: [], may: [] }] },
      ["kubernetesApi among what it uses", 'apiGroup "batch", resources ["jobs"], verbs ["create", …]'],
    ],
    [
      "a circle",
      { workloads: [...shop.workloads, { ...mailer, name: "one", after: [{ name: "two" }] }, two] },
      ["a way without a circle, by uses and after"],
    ],
    ["an ingress to nowhere", { ingress: { ...shop.ingress!, hosts: onlyHost } }, ["a host with a route"]],
  ])("%s", (_, change, mends) => {
    expect(accepted(change)).toEqual(mends);
  });

  test("a secret that nobody reads", () => {
    const supplied = { known: ["mail-token", "seal"], given: ["seal"] };
    expect(() => systemGraphs([{ declared: shop, supplied }])).toThrow(
      "Accepted: a key of a Secret, read by a workload; or no such secret in config/.",
    );
  });
});

describe("a workload of which nothing is said is asked for all that its kind has to say", () => {
  const ofPods = "image, user, resources, uses, imagePullSecrets, placement";
  test.each<[Workload["kind"], string]>([
    ["service", `${ofPods}, ports, scale`],
    ["worker", `${ofPods}, scale`],
    ["job", `${ofPods}, activeDeadlineSeconds, backoffLimit`],
    ["cron-job", `${ofPods}, schedule, activeDeadlineSeconds`],
    ["dispatcher", `${ofPods}, ports, scale, spawns, may`],
    ["job-template", `${ofPods}, ttlSecondsAfterFinished, activeDeadlineSeconds, maxRunning`],
    ["redis", "image, resources, probes, imagePullSecrets, placement"],
    ["postgresql", "image, resources, probes, imagePullSecrets, placement"],
  ])("%s", (kind, wanted) => {
    const change = { workloads: [{ kind, name: "new" } as Workload] };
    expect(said(change)).toEqual([`new: It does not say its ${wanted}.`]);
    expect(accepted(change)).toEqual([
      "every one of them; what operators say of pods comes from config, by ...podOptions(config.<workload>)",
    ]);
  });

  test("also one that a dispatcher spawns, once", () => {
    const spawns = { ...reporter.spawns, maxRunning: undefined as never };
    const change = {
      workloads: [web, api, redis, { ...reporter, spawns }, { ...reporter, name: "other", spawns }],
    };
    expect(said(change)).toEqual(["report: It does not say its maxRunning."]);
    expect(accepted(change)).toEqual(["every one of them"]);
  });
});

describe("what Muster makes beside a workload has a name as well", () => {
  const mounted = (name: string) => ({
    ...mailer,
    name: "other",
    mounts: [{ path: "/a", from: { name, files: { a: "" } } }],
  });

  test.each([
    ["redis-config", "the files of redis"],
    ["db-setup", "the files of db"],
    ["report-job", "the files of report"],
  ])("the ConfigMap %s", (name, whose) => {
    expect(said({ workloads: [...shop.workloads, postgresql, mounted(name)] })).toEqual([
      `files: "${name}" is the name of both files ${name} and ${whose}.`,
    ]);
  });

  test("the ConfigMap of a workload that has none is free", () => {
    expect(said({ workloads: [...shop.workloads, mounted("api-config")] })).toEqual([]);
  });

  test("the volume of a server", () => {
    const from = claim({ name: "data-db-0", accessMode: "ReadWriteOnce", size: "1Gi" });
    const other = { ...mailer, name: "other", mounts: [{ path: "/a", from }] };
    expect(said({ workloads: [...shop.workloads, postgresql, other] })).toEqual([
      'claims: "data-db-0" is the name of both claim data-db-0 and the data of db.',
    ]);
  });
});

describe("the nearest word", () => {
  test.each([
    ["htpp", ["https", "dns"], '"htpp" is not a port; the nearest is https.'],
    ["abcd", ["abxy"], '"abcd" is not a port; the nearest is abxy.'],
    ["abcd", ["axyz"], '"abcd" is not a port.'],
    ["abcd", [], '"abcd" is not a port.'],
  ])("to %s among %s", (name, known, message) => {
    expect(unknownName("p", name, "a port", known)).toEqual({
      path: "p",
      message,
      accepts: known.join(", ") || undefined,
    });
  });
});
