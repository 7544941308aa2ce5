import { describe, expect, test } from "vitest";
import { jobsStatus } from "../../cluster/status/jobs";
import { scheduledStatus } from "../../cluster/status/scheduled";
import { workloadStatus } from "../../cluster/status/workload";
import type { SystemGraph } from "../../components/declaration";
import { ago, among, now, object, pod, warning } from "./namespace-of-web";

test("a Job that Kueue holds is told with its queue, and why it is not its turn", () => {
  const job = (name: string) => object("Job", name, { spec: { suspend: true }, status: {} });
  const waits = { type: "QuotaReserved", status: "False", message: "insufficient unused quota for pods" };
  const workload = (owner: string, conditions: object[]) =>
    object(
      "Workload",
      `job-${owner}`,
      { spec: { queueName: "default" }, status: { conditions } },
      { ownerReferences: [{ kind: "Job", name: owner }] },
    );
  const found = jobsStatus(
    among(
      job("a"),
      job("b"),
      job("c"),
      workload("a", [waits]),
      workload("b", [{ ...waits, status: "True" }]),
      workload("c", []),
    ),
  );
  expect(found.flatMap(({ waiting }) => waiting.flatMap(({ because }) => because))).toEqual([
    { reason: "waits in queue default", message: "insufficient unused quota for pods" },
    { reason: "Suspended", message: "a queue or a person holds it" },
    { reason: "waits in queue default", message: "others are before it" },
  ]);
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

  test("has time where it is new, and is missed where it is not", () => {
    expect(stateOf("@daily", undefined, ago(5))).toBe("well");
    expect(stateOf("@daily", undefined, ago(10_000))).toBe("not well");
  });

  test("is not what others run in its namespace", () => {
    const theirs = object("CronJob", "theirs", { spec: { schedule: "@daily" } });
    expect(scheduledStatus(among(theirs), workloads, now)).toEqual([]);
  });
});

test("a Job whose pod has done its work waits for nothing, though the Job is not complete yet", () => {
  const selector = { matchLabels: pod({}).metadata.labels };
  const job = object("Job", "smoke-1", { spec: { selector }, status: {} });
  expect(workloadStatus(job, among(job, pod({ phase: "Succeeded" })), now).notReady).toEqual([]);
  expect(workloadStatus(job, among(job, pod({ phase: "Running" })), now).notReady).toHaveLength(1);
});

test("a Job that failed says why once, which its condition and an event both say", () => {
  const gaveUp = { reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" };
  const job = object("Job", "smoke-1", {
    spec: {},
    status: { conditions: [{ type: "Failed", status: "True", ...gaveUp }] },
  });
  const event = warning("Job", "smoke-1", gaveUp.reason, gaveUp.message);
  expect(workloadStatus(job, among(job, event), now)).toMatchObject({ state: "not well", refused: [gaveUp] });
});
