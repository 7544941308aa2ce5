import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../cluster/api-server";
import { jobsStatus } from "../../cluster/status/jobs";
import { claimsStatus, secretsStatus } from "../../cluster/status/kept-data";
import type { NamespaceObjects } from "../../cluster/status/namespace-objects";
import { recentWarnings } from "../../cluster/status/recent-warnings";
import { scheduledStatus } from "../../cluster/status/scheduled";
import { waysIn } from "../../cluster/status/ways-in";
import { workloadStatus } from "../../cluster/status/workload";
import type { StackStatus } from "../../commands/status/stack-status";
import { statusInText } from "../../commands/status/text";
import type { SystemGraph } from "../../components/declaration";

const now = Date.parse("2026-01-02T12:00:00Z");
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

const object = (kind: string, name: string, rest: object = {}, metadata: object = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name, generation: 2, creationTimestamp: ago(60), ...metadata },
  ...rest,
});

const among = (...objects: KubernetesObject[]): NamespaceObjects => ({
  of: (...kinds) => objects.filter(({ kind }) => kinds.some((each) => each === kind)),
  unread: [],
});

const labels = { app: "web" };
const deployment = (status: object) =>
  object("Deployment", "web", {
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ image: "web:1" }] } },
    },
    status: { observedGeneration: 2, ...status },
  });
const rolledOut = {
  replicas: 2,
  updatedReplicas: 2,
  availableReplicas: 2,
  readyReplicas: 2,
  conditions: [{ type: "Progressing", status: "True", lastUpdateTime: ago(30) }],
};
const underWay = { ...rolledOut, updatedReplicas: 1 };

const pod = (status: object) =>
  object(
    "Pod",
    "web-1",
    { status: { conditions: [{ type: "Ready", status: "False" }], ...status } },
    { labels },
  );
const warning = (kind: string, name: string, reason: string, message: string, minutes = 1) =>
  object("Event", `${name}.1`, {
    type: "Warning",
    involvedObject: { kind, name },
    reason,
    message,
    lastTimestamp: ago(minutes),
  });

describe("a workload", () => {
  const stateOf = (status: object, ...others: KubernetesObject[]) =>
    workloadStatus(deployment(status), among(...others), now).state;

  test("is well once all its pods are of the version that was asked for", () => {
    expect(workloadStatus(deployment(rolledOut), among(), now)).toMatchObject({
      state: "well",
      ready: 2,
      wanted: 2,
      image: "web:1",
      rolledOut: ago(30),
    });
  });

  test("is on its way while its controller has not come to it, or pods of before are left", () => {
    expect(stateOf({ ...rolledOut, observedGeneration: 1 })).toBe("working");
    expect(stateOf(underWay)).toBe("working");
  });

  test("is not well where a container crashes, an image is not there, or pods are refused", () => {
    const waits = (reason: string) =>
      pod({ containerStatuses: [{ name: "web", state: { waiting: { reason } } }] });
    expect(stateOf(underWay, waits("ContainerCreating"))).toBe("working");
    expect(stateOf(underWay, waits("CrashLoopBackOff"))).toBe("not well");
    expect(stateOf(underWay, waits("ImagePullBackOff"))).toBe("not well");
    expect(stateOf(underWay, warning("ReplicaSet", "web-5f", "FailedCreate", "exceeded quota"))).toBe(
      "not well",
    );
    expect(stateOf(underWay, warning("ReplicaSet", "website-5f", "FailedCreate", "another's"))).toBe(
      "working",
    );
  });

  test("is not well once its controller has given up", () => {
    const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
    expect(stateOf({ ...underWay, conditions })).toBe("not well");
  });

  test("may wait some minutes for a node, and no longer", () => {
    const unscheduled = (minutes: number) =>
      pod({
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            lastTransitionTime: ago(minutes),
          },
        ],
      });
    expect(stateOf(underWay, unscheduled(1))).toBe("working");
    expect(stateOf(underWay, unscheduled(6))).toBe("not well");
  });

  test("has its autoscaler, by what asks for most pods, and the slack of its budget", () => {
    const resource = (name: string, averageUtilization: number) => ({
      type: "Resource",
      resource: { name, target: { averageUtilization }, current: { averageUtilization } },
    });
    const scaler = object("HorizontalPodAutoscaler", "web", {
      spec: {
        scaleTargetRef: { kind: "Deployment", name: "web" },
        minReplicas: 2,
        maxReplicas: 9,
        metrics: [resource("cpu", 70), resource("memory", 80)],
      },
      status: {
        currentReplicas: 2,
        desiredReplicas: 3,
        currentMetrics: [resource("cpu", 20), resource("memory", 90)],
      },
    });
    const budget = object("PodDisruptionBudget", "web", {
      spec: { selector: { matchLabels: labels } },
      status: { disruptionsAllowed: 1 },
    });
    expect(workloadStatus(deployment(rolledOut), among(scaler, budget), now)).toMatchObject({
      budget: 1,
      autoscaler: {
        now: 2,
        wanted: 3,
        least: 2,
        most: 9,
        drivenBy: ["memory 90 % of 80 %", "cpu 20 % of 70 %"],
        lacks: undefined,
      },
    });
  });
});

test("Jobs of a dispatcher are counted by their template, with why they wait or failed", () => {
  const job = (name: string, status: object) =>
    object("Job", name, { spec: {}, status }, { labels: { "app.kubernetes.io/component": "agent" } });
  const failed = { type: "Failed", status: "True", reason: "DeadlineExceeded", lastTransitionTime: ago(5) };
  const found = jobsStatus(
    among(
      job("a", { active: 1 }),
      job("b", { conditions: [{ type: "Complete", status: "True" }] }),
      job("c", { conditions: [failed] }),
      job("d", {}),
      warning("Job", "d", "FailedCreate", 'pods "d-x1" is forbidden: exceeded quota: agents'),
      job("e", {}),
      warning(
        "Job",
        "e",
        "FailedCreate",
        'pods "e-x1" is forbidden: violates PodSecurity "restricted:latest"',
      ),
    ),
  );
  expect(found).toEqual([
    {
      name: "agent",
      state: "not well",
      running: 1,
      succeeded: 1,
      waiting: [
        {
          name: "d",
          since: ago(60),
          because: [{ reason: "FailedCreate", message: 'pods "d-x1" is forbidden: exceeded quota: agents' }],
        },
      ],
      refused: [
        {
          name: "e",
          since: ago(60),
          because: [
            {
              reason: "FailedCreate",
              message: 'pods "e-x1" is forbidden: violates PodSecurity "restricted:latest"',
            },
          ],
        },
      ],
      failed: [{ name: "c", since: ago(5), because: [{ reason: "DeadlineExceeded", message: undefined }] }],
    },
  ]);
});

describe("what runs at set times", () => {
  const workloads = [{ kind: "cron-job", name: "db-backup" }] as unknown as SystemGraph["workloads"];
  const cronJob = (schedule: string, lastSuccessfulTime?: string, made = ago(10_000)) =>
    object(
      "CronJob",
      "db-backup",
      { spec: { schedule }, status: { lastSuccessfulTime } },
      { creationTimestamp: made },
    );
  const stateOf = (...given: Parameters<typeof cronJob>) =>
    scheduledStatus(among(cronJob(...given)), workloads, now)[0]!.state;

  test.each([
    // It is noon: it should have run at 2:30 today, and at 2:30 yesterday.
    ["30 2 * * *", "2026-01-02T02:31:00Z", "well"],
    ["30 2 * * *", "2026-01-01T02:31:00Z", "well"],
    ["30 2 * * *", "2025-12-31T02:31:00Z", "not well"],
    ["@hourly", ago(90), "well"],
    ["@hourly", ago(130), "not well"],
    ["@midnight", ago(30), "well"],
    ["0 3 ? * MON", "2025-12-22T03:01:00Z", "well"],
    ["0 3 ? * MON", "2025-12-15T03:01:00Z", "not well"],
  ])("by %s, last good at %s, is %s", (schedule, lastGood, state) => {
    expect(stateOf(schedule, lastGood)).toBe(state);
  });

  test("is awaited where it is new, and missed where it is not", () => {
    expect(stateOf("@daily", undefined, ago(5))).toBe("working");
    expect(stateOf("@daily", undefined, ago(10_000))).toBe("not well");
  });

  test("is not what others run in its namespace", () => {
    const theirs = object("CronJob", "theirs", { spec: { schedule: "@daily" } });
    expect(scheduledStatus(among(theirs), workloads, now)).toEqual([]);
  });
});

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
        scheduled: [{ name: "queue-backup", state: "working", schedule: "@daily" }],
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
      "  … queue-backup  none good yet  at @daily",
      "",
      "shop  (namespace shop)",
      "  ✓ web   2/2 ready  web:1  rolled out 30 min ago",
      "  ✓ db-backup  last good 3 h ago (2026-01-02 09:00 UTC)  at @daily",
    ].join("\n"),
  );
});
