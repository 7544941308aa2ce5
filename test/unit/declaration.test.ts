import { describe, expect, test } from "vitest";
import { route } from "../../components/ingress";
import { claim } from "../../components/persistent-volume-claim";
import { postgresqlUrl, postgresqlWorkload } from "../../components/postgresql";
import { probes } from "../../components/probe";
import { serviceWorkload } from "../../components/service";
import { systemGraph, systemGraphs } from "../../components/system-graph";
import { said, withApi } from "./said-of-shop";
import { api, ingress, mailer, pod, redis, reporter, secrets, shop, web } from "./small-system";

const postgresql = postgresqlWorkload({
  ...pod,
  name: "db",
  database: "shop",
  user: "shop",
  storage: { size: "1Gi" },
  sharedMemory: "64Mi",
  probes: redis.probes,
});

describe("what follows from a declaration", () => {
  test("workloads start after what they use, whatever order they are declared in", () => {
    expect(
      systemGraph(shop)
        .workloads.map(({ name }) => name)
        .join(" "),
    ).toBe("report reporter redis api web mailer");
  });

  test("Secrets, files and claims are those that workloads read and mount", () => {
    expect(systemGraph(shop).secrets).toEqual([secrets]);
    const files = { name: "settings", files: { "a.ini": "b" } };
    const data = claim({ name: "data", accessMode: "ReadWriteOnce", size: "1Gi" });
    const mounts = [
      { path: "/etc/shop", from: files },
      { path: "/data", from: data },
    ];
    const { files: made, claims } = systemGraph({
      ...shop,
      workloads: [...shop.workloads, { ...mailer, name: "other", mounts }],
    });
    expect([made, claims]).toEqual([[files], [data]]);
  });
});

describe("what is wrong with a declaration is said before anything is made", () => {
  test("nothing, where nothing is", () => {
    expect(said({})).toEqual([]);
  });

  test("a password of PostgreSQL without the login that it is of", () => {
    const keys = { alone: { passwordOf: postgresql }, url: postgresqlUrl(postgresql) };
    const changed = { ...api, environment: { P: { passwordOf: postgresql } }, uses: [redis, postgresql] };
    const reading = { ...changed, environmentFrom: [{ name: "of-database", keys }] };
    const because = "It is the password of db without its login, and a rotated password has another.";
    expect(said({ workloads: [{ ...web, uses: [reading] }, reading, mailer, redis, postgresql] })).toEqual([
      `api.environment.P: ${because}`,
      `of-database.alone: ${because}`,
    ]);
  });

  test("a route to a port that the workload does not have", () => {
    // @ts-expect-error the port is not one of web's
    const routes = [route("/", web, "htpp")];
    expect(said({ ingress: { ...ingress, hosts: [{ host: "shop.example.com", routes }] } })).toEqual([
      'ingress.shop.example.com/: "htpp" is not a port of web; the nearest is http.',
    ]);
  });

  test("a probe's port", () => {
    const timing = { periodSeconds: 1, timeoutSeconds: 1 };
    const timings = { startup: timing, liveness: timing, readiness: timing };
    const asked = probes(timings, { alive: { path: "/", port: "htpp" } });
    // @ts-expect-error the port is not one of the service's
    serviceWorkload({ ...pod, name: "x", ports: { http: 1 }, scale: { replicas: 1 }, uses: [], ...asked });
    expect(said(withApi({ liveness: asked.liveness }))).toEqual([
      'api.liveness.port: "htpp" is not a port of api; the nearest is http.',
    ]);
  });

  test("the port of metrics, and of the Service", () => {
    const metrics = { port: "metric", path: "/", intervalSeconds: 1 };
    expect(said(withApi({ metrics, servicePorts: { web: 80 } }))).toEqual([
      'api.metrics.port: "metric" is not a port of api; the nearest is metrics.',
      'api.servicePorts: "web" is not a port of api.',
    ]);
  });

  test("ports that Kubernetes refuses", () => {
    const change = withApi({ ports: { http: 8080, metrics: 9090, Web_Sockets: 70000, other: 8080 } });
    expect(said(change)).toEqual([
      "api.ports.Web_Sockets: 70000 is not a port.",
      "api.ports.other: 8080 is http as well.",
      'api.ports: "Web_Sockets" cannot be the name of a port.',
    ]);
  });

  test("an ingress to a workload that is not listed", () => {
    expect(said({ workloads: [api, redis] })).toEqual([
      'ingress.shop.example.com/: "web" is not a service among the system\'s workloads.',
    ]);
    expect(said({ ingress: { ...ingress, hosts: [] } })).toEqual(["ingress.hosts: They lead nowhere."]);
  });

  test("an edge to a workload that is not listed, or is declared otherwise", () => {
    expect(said({ workloads: [web, api] })).toEqual([
      'api.uses: "redis" is not among the system\'s workloads. It is named by shop-secrets.redis-url too.',
    ]);
    const other = { name: "api", ports: { http: 1 } };
    expect(said({ workloads: [{ ...web, uses: [other] }, api, redis] })).toEqual([
      "web.uses: api has other ports, or another component, than the workload of that name.",
    ]);
    expect(
      said({ workloads: [...shop.workloads, { ...mailer, name: "other", after: [{ name: "webb" }] }] }),
    ).toEqual(['other.after: "webb" is not among the system\'s workloads; the nearest is web.']);
  });

  test("the password or the URL of a server that is not listed", () => {
    const change = said({
      workloads: [
        {
          ...web,
          uses: [],
          environment: { P: { passwordOf: redis }, U: { secret: secrets, key: "redis-url" } },
        },
      ],
    });
    expect(change).toEqual([
      'web.environment.P: "redis" is not a Redis or PostgreSQL among the system\'s workloads. It is named by shop-secrets.redis-url too.',
    ]);
  });

  test("a workload without what every one has to say", () => {
    const { placement, imagePullSecrets, ...forgotten } = web;
    const dispatcher = { ...reporter, may: undefined as never };
    expect(
      said({ workloads: [forgotten as typeof web, dispatcher, { ...redis, probes: undefined as never }] }),
    ).toEqual([
      "web: It does not say its imagePullSecrets, placement.",
      "reporter: It does not say its may.",
      "redis: It does not say its probes.",
    ]);
  });

  test("the password of a server that is not used", () => {
    expect(said(withApi({ uses: [] }))).toEqual([
      "api.uses: It reads the password of redis, which it does not use: no network policy would let it there.",
    ]);
  });

  test("a key that the Secret does not have", () => {
    const environment = { URL: { secret: secrets, key: "redis-uri" } };
    expect(said(withApi({ environment }))).toEqual([
      'api.environment.URL: "redis-uri" is not a key of Secret shop-secrets; the nearest is redis-url.',
    ]);
    const mounts = [{ path: "/etc/keys", from: { secret: secrets, keys: ["mail"] } }];
    expect(said(withApi({ mounts }))).toEqual([
      'api.mounts./etc/keys: "mail" is not a key of Secret shop-secrets.',
    ]);
  });

  test("a dispatcher that could not create a Job", () => {
    expect(said({ workloads: [web, api, redis, { ...reporter, uses: [], may: [] }] })).toEqual([
      "reporter.uses: A dispatcher creates its Jobs through the API server, which it does not use.",
      "reporter.may: It may not create Jobs.",
    ]);
  });

  test("workloads that wait for each other", () => {
    const one = { ...mailer, name: "one", after: [{ name: "two" }] };
    const two = { ...mailer, name: "two", after: [{ name: "one" }] };
    expect(said({ workloads: [...shop.workloads, one, two] })).toEqual([
      "one.uses: Each waits for the next, and so none starts: one, two, one.",
    ]);
  });

  test("two things of one name", () => {
    const files = (text: string) => ({ path: `/${text}`, from: { name: "redis-config", files: { text } } });
    const twice = { ...mailer, mounts: [files("a"), files("b")] };
    expect(
      said({
        workloads: [
          web,
          api,
          redis,
          twice,
          { ...web, component: "x" },
          { ...mailer, name: "y", component: "api" },
        ],
      }),
    ).toEqual([
      'workloads: "web" is the name of both workload web and workload web.',
      'workloads: "api" is the component of both workload api and workload y.',
      'files: "redis-config" is the name of both files redis-config and files redis-config.',
      'files: "redis-config" is the name of both files redis-config and the files of redis.',
    ]);
    const environment = { T: { secret: { ...secrets, name: "redis" }, key: "mail-token" } };
    expect(said(withApi({ environment }))).toEqual([
      'secrets: "redis" is the name of both Secret redis and the password of redis.',
    ]);
  });

  test("names and paths that Kubernetes refuses", () => {
    expect(said({ workloads: [...shop.workloads, { ...mailer, name: "Mailer 2" }] })).toEqual([
      'workloads: "Mailer 2" cannot be the name of a workload.',
    ]);
    const mounts = [{ path: "/tmp", from: { name: "settings", files: {} } }];
    expect(said(withApi({ mounts, writable: { "/tmp": "1Mi", logs: "1Mi" } }))).toEqual([
      'api.mounts: "/tmp" is mounted twice.',
      'api.mounts: "logs" is not an absolute path.',
    ]);
  });

  test("a secret that nobody can supply, and one that nobody reads", () => {
    const supplied = { known: ["mail-tokens", "seal"], given: ["seal"] };
    expect(() => systemGraphs([{ declared: shop, supplied }])).toThrow(
      [
        "The declaration of systems has 2 errors; nothing was created or changed.",
        "",
        "systems/shop  shop-secrets.mail-token",
        '    "mail-token" is not a secret of the system\'s config; the nearest is mail-tokens.',
        "    Accepted: mail-tokens, seal.",
        "",
        "systems/shop  secrets.seal",
        "    The system's config asks for it, and no workload reads it.",
      ].join("\n"),
    );
  });

  test("a secret in a Secret of which workloads read other keys alone", () => {
    const silent = { ...mailer, environment: {} };
    const supplied = { known: ["mail-token"], given: ["mail-token"] };
    const run = (worker: typeof mailer) => () =>
      systemGraphs([{ declared: { ...shop, workloads: [web, api, worker, redis] }, supplied }]);
    expect(run(mailer)).not.toThrow();
    expect(run(silent)).toThrow("secrets.mail-token\n    The system's config asks for it");
  });

  test("a system of another name than in config", () => {
    const run = () => systemGraphs([{ declared: shop, nameInConfig: "store" }]);
    expect(run).toThrow("systems/shop  name\n    It is store in config, and not shop.\n    Accepted: store.");
  });

  test("all of it at once, of all systems", () => {
    const wrong = {
      ...shop,
      workloads: [
        { ...web, uses: [] },
        { ...mailer, uses: [] },
      ],
    };
    const other = { ...wrong, name: "other" };
    const run = () => systemGraphs([{ declared: wrong }, { declared: other }]);
    expect(run).toThrow(/has 2 errors[\s\S]*systems\/shop[\s\S]*systems\/other/);
  });

  test.each([
    ["a", true],
    ["a".repeat(54), true],
    ["a".repeat(55), false],
    ["a-1", true],
    ["1a", false],
    ["a-", false],
    ["a_b", false],
  ])("the name of a workload: %s, %s", (name, taken) => {
    expect(said({ workloads: [...shop.workloads, { ...mailer, name }] }).length === 0).toBe(taken);
  });

  test.each([
    ["http2", true],
    ["a".repeat(15), true],
    ["a".repeat(16), false],
    ["8080", false],
    ["8a", true],
    ["80a", true],
    ["a", true],
    ["ab--c", false],
    ["a--b", false],
    ["-a", false],
    ["a-", false],
    ["A", false],
  ])("the name of a port: %s, %s", (name, taken) => {
    expect(said(withApi({ ports: { http: 8080, metrics: 9090, [name]: 1 } })).length === 0).toBe(taken);
  });

  test.each([
    [1, true],
    [65535, true],
    [0, false],
    [65536, false],
    [1.5, false],
  ])("the number of a port: %s, %s", (number, taken) => {
    expect(said(withApi({ ports: { http: 8080, metrics: 9090, other: number } })).length === 0).toBe(taken);
  });
});
