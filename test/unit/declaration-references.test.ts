import { describe, expect, test } from "vitest";
import { route } from "../../components/ingress";
import { systemGraphs } from "../../components/system-graph";
import { said, withApi } from "./said-of-shop";
import { api, ingress, mailer, postgresql, redis, reporter, shop, web } from "./small-system";

const ghost = { name: "ghost", ports: {} };

describe("what is not there is told once, with every place that names it", () => {
  test("of several", () => {
    const uses = [ghost, { name: "spirit", ports: {} }];
    expect(said({ workloads: [...shop.workloads, { ...mailer, name: "one", uses }] })).toEqual([
      'one.uses: "ghost" is not among the system\'s workloads.',
      'one.uses: "spirit" is not among the system\'s workloads.',
    ]);
  });

  test("a place that names it twice is told once", () => {
    const one = { ...mailer, name: "one", uses: [ghost, ghost] };
    expect(said({ workloads: [...shop.workloads, one] })).toEqual([
      'one.uses: "ghost" is not among the system\'s workloads.',
    ]);
  });

  test("three places", () => {
    const one = { ...mailer, name: "one", uses: [ghost], after: [ghost] };
    const two = { ...mailer, name: "two", uses: [ghost] };
    expect(said({ workloads: [...shop.workloads, one, two] })).toEqual([
      'one.uses: "ghost" is not among the system\'s workloads. It is named by one.after, two.uses too.',
    ]);
  });
});

test("an edge to another component", () => {
  const uses = [{ ...api, component: "other" }];
  expect(said({ workloads: [{ ...web, uses }, api, redis] })).toEqual([
    "web.uses: api has other ports, or another component, than the workload of that name.",
  ]);
});

describe("a password", () => {
  test("is that of a Redis or a PostgreSQL", () => {
    const superuser = { passwordOf: postgresql, user: "superuser" as const };
    const read = { P: superuser, R: { passwordOf: redis } };
    const one = { ...mailer, name: "one", environment: read, uses: [postgresql, redis] };
    expect(said({ workloads: [...shop.workloads, postgresql, one] })).toEqual([]);
    const two = { ...mailer, name: "two", environment: { P: { passwordOf: api } }, uses: [api] };
    expect(said({ workloads: [...shop.workloads, two] })).toEqual([
      'two.environment.P: "api" is not a Redis or PostgreSQL among the system\'s workloads.',
    ]);
    const three = { ...one, name: "three", environment: { P: { passwordOf: postgresql } } };
    expect(said({ workloads: [...shop.workloads, postgresql, three] })).toEqual([
      "three.environment.P: It is the password of db without its login, and a rotated password has another.",
    ]);
  });

  test("is read by those alone that use the server", () => {
    expect(said(withApi({ environment: { P: { passwordOf: redis } }, uses: [] }))).toEqual([
      "api.uses: It reads the password of redis, which it does not use: no network policy would let it there.",
    ]);
  });

  test("is told from text and from fields of the pod", () => {
    const environment = { TEXT: "passwordOf", NAME: { field: "metadata.name" as const } };
    expect(said(withApi({ environment, uses: [] }))).toEqual([]);
  });

  test("may be the operator's own, under a name that config knows, and is read by its server", () => {
    const own = { ...shop, workloads: [web, api, mailer, { ...redis, ownPassword: "redis-password" }] };
    const run = (...known: string[]) => {
      const supplied = { known, given: known };
      return () => systemGraphs([{ declared: own, supplied }]);
    };
    expect(run("mail-token", "redis-password")).not.toThrow();
    expect(run("mail-token")).toThrow(
      'redis.ownPassword\n    "redis-password" is not a secret of the system\'s config',
    );
    expect(run("mail-token", "redis-password", "seal")).toThrow("secrets.seal");
  });
});

describe("a way in", () => {
  const leadingTo = (to: typeof web) => ({
    ingress: { ...ingress, hosts: [{ host: "h", routes: [route("/", to, "http")] }] },
  });

  test("need not be", () => {
    expect(said({ ingress: undefined })).toEqual([]);
  });

  test("leads to services and dispatchers", () => {
    expect(said(leadingTo(reporter as unknown as typeof web))).toEqual([]);
    const worker = { ...mailer, ports: { http: 1 } } as unknown as typeof web;
    const change = { workloads: [web, api, redis, worker], ...leadingTo(worker) };
    expect(said(change)).toEqual(['ingress.h/: "mailer" is not a service among the system\'s workloads.']);
  });
});

describe("the Role of a dispatcher", () => {
  const jobs = { apiGroup: "batch", resources: ["jobs"], verbs: ["create"] };
  test.each([
    [[{ ...jobs, apiGroup: "" }]],
    [[{ ...jobs, resources: ["pods"] }]],
    [[{ ...jobs, verbs: ["get"] }]],
    [
      [
        { ...jobs, verbs: ["get"] },
        { ...jobs, resources: ["pods"] },
        { ...jobs, apiGroup: "" },
      ],
    ],
  ])("does not let it create Jobs: %j", (may) => {
    expect(said({ workloads: [web, api, redis, { ...reporter, may }] })).toEqual([
      "reporter.may: It may not create Jobs.",
    ]);
  });
});

test("of a circle, those that wait outside it are not named", () => {
  const waiting = (name: string, other: string) => ({ ...mailer, name, after: [{ name: other }] });
  const workloads = [waiting("zero", "one"), waiting("one", "two"), waiting("two", "one")];
  expect(said({ workloads: [...workloads, ...shop.workloads] })).toEqual([
    "one.uses: Each waits for the next, and so none starts: one, two, one.",
  ]);
});
