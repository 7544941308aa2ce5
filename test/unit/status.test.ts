import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../cluster/api-server";
import { claimsStatus, secretsStatus } from "../../cluster/status/kept-data";
import { recentWarnings } from "../../cluster/status/recent-warnings";
import { waysIn } from "../../cluster/status/ways-in";
import { workloadStatus } from "../../cluster/status/workload";
import type { StackStatus } from "../../commands/status/stack-status";
import { statusInText } from "../../commands/status/text";
import { ago, among, deployment, now, object, pod, rolledOut, underWay, warning } from "./namespace-of-web";

describe("a way in", () => {
  const ingress = object("Ingress", "web", {
    spec: { rules: [{ host: "shop.example.com" }], tls: [{ secretName: "web-tls" }] },
    status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } },
  });
  const certificate = (ready: string, more: object = {}) =>
    object("Certificate", "web-tls", {
      spec: { secretName: "web-tls" },
      status: { conditions: [{ type: "Ready", status: ready, message: "no such issuer" }], ...more },
    });

  test("is as well as its certificate", () => {
    const stateOf = (...others: KubernetesObject[]) => waysIn(among(ingress, ...others))[0]!.state;
    expect(stateOf(certificate("True"))).toBe("well");
    expect(stateOf(certificate("False"))).toBe("not well");
    expect(stateOf(object("Secret", "web-tls"))).toBe("well");
    expect(stateOf()).toBe("not well");
  });

  test("of a local cluster needs none", () => {
    const [way] = waysIn(among(ingress), { expectsCertificates: false });
    expect(way).toMatchObject({ state: "well", hosts: ["shop.example.com"], address: "192.0.2.1" });
  });

  test("through a Gateway is well once that has taken it up", () => {
    const route = (parents: object[]) => object("HTTPRoute", "web", { spec: {}, status: { parents } });
    const said = (status: string) => ({
      parentRef: { name: "public" },
      conditions: [{ type: "Accepted", status, message: "no listener for this host" }],
    });
    expect(waysIn(among(route([])))[0]!.state).toBe("working");
    expect(waysIn(among(route([said("True")])))[0]!.state).toBe("well");
    expect(waysIn(among(route([said("False")])))[0]!.problems).toEqual([
      "Gateway public, Accepted: no listener for this host",
    ]);
  });
});

test("a Secret that is not synced, and a volume that is not bound, say why", () => {
  const external = object("ExternalSecret", "keys", {
    spec: { target: { name: "shop-secrets" } },
    status: {
      conditions: [{ type: "Ready", status: "False", message: "no such item" }],
      refreshTime: ago(9),
    },
  });
  expect(secretsStatus(among(external))).toEqual([
    { name: "shop-secrets", state: "not well", since: ago(9), isSynced: true, message: "no such item" },
  ]);
  const claim = object("PersistentVolumeClaim", "media", {
    spec: { resources: { requests: { storage: "5Gi" } } },
    status: { phase: "Pending" },
  });
  const refused = warning("PersistentVolumeClaim", "media", "ProvisioningFailed", "no such class");
  expect(claimsStatus(among(claim))[0]!.state).toBe("working");
  expect(claimsStatus(among(claim, refused))).toEqual([
    { name: "media", state: "not well", size: "none yet", wanted: "5Gi", message: "Pending: no such class" },
  ]);
});

test("warnings are those of the last hour, newest first", () => {
  const found = recentWarnings(
    among(
      warning("Pod", "old", "BackOff", "long ago", 61),
      warning("Pod", "a", "BackOff", "again", 9),
      warning("Pod", "b", "Unhealthy", "no answer", 2),
      warning("CronJob", "db-backup", "UnexpectedJob", "Saw a job that the controller did not create", 1),
    ),
    now,
  );
  expect(found.map(({ message }) => message)).toEqual(["no answer", "again"]);
});

test("the screen begins with what is worst", () => {
  const nothing = { waysIn: [], secrets: [], claims: [], warnings: [], unread: [] };
  const system = { ...nothing, url: undefined, jobs: [] };
  const web = workloadStatus(deployment(rolledOut), among(), now);
  const broken = pod({
    containerStatuses: [{ name: "web", state: { waiting: { reason: "ErrImagePull" } } }],
  });
  const stuck = workloadStatus(deployment(underWay), among(broken), now);
  const status: StackStatus = {
    stack: "prod",
    state: "not well",
    lastUpdate: {
      number: 3,
      begun: ago(10),
      by: "Ada",
      message: "More pods",
      commit: "0123456789abcdef",
      isDirty: false,
      result: "failed",
    },
    systems: [
      {
        ...system,
        name: "shop",
        namespace: "shop",
        state: "well",
        workloads: [{ ...web, lastWords: [] }],
        scheduled: [{ name: "db-backup", state: "well", schedule: "@daily", lastGood: ago(180) }],
      },
      {
        ...system,
        name: "mail",
        namespace: "mail-prod",
        state: "not well",
        workloads: [{ ...stuck, lastWords: [] }],
        scheduled: [{ name: "queue-backup", state: "well", schedule: "@daily" }],
      },
    ],
    differs: ["Secret shop/redis is gone"],
  };
  expect(statusInText(status, now)).toBe(
    [
      "✗ stack prod is not well",
      '  last update 10 min ago (2026-01-02 11:50 UTC) failed: commit 012345678, by Ada, "More pods"',
      "  Secret shop/redis is gone",
      "",
      "mail  (namespace mail-prod)",
      "  ✗ web   2/2 ready  web:1  not rolled out",
      "      web-1",
      "        ErrImagePull",
      "  ✓ queue-backup  none good yet  at @daily",
      "",
      "shop  (namespace shop)",
      "  ✓ web   2/2 ready  web:1  rolled out 30 min ago",
      "  ✓ db-backup  last good 3 h ago (2026-01-02 09:00 UTC)  at @daily",
    ].join("\n"),
  );
});
