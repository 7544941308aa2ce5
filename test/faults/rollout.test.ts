import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readyEndpoints } from "../cluster/ready-endpoints";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { reached } from "./objects";

describe("a roll-out that cannot end, of a Deployment", () => {
  const api = kubernetes();
  const namespace = "agentsmith";
  let workspace: Workspace;
  let good: string;
  const file = () => readFileSync(join(workspace.project, "Pulumi.prod.yaml"), "utf8");

  beforeAll(async () => {
    workspace = await createWorkspace("prod", { only: "agentsmith" });
    await workspace.edit("Pulumi.prod.yaml", (text) =>
      text.replace("agentsmith-dispatcher:1.0.0", "agentsmith-dispatcher:v2"),
    );
    good = file();
  });
  afterAll(() => workspace.dispose());

  test("pods that a policy refuses in a namespace that is new are not waited for; without the policy, the same command succeeds", async () => {
    const policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    const bindings = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";
    const pods = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] };
    await api.create(policies, {
      metadata: { name: "none-today" },
      spec: {
        matchConstraints: { resourceRules: [pods] },
        validations: [{ expression: "false", message: "no pods today" }],
      },
    });
    const inBoth = { key: "kubernetes.io/metadata.name", operator: "In", values: [namespace, "default"] };
    await api.create(bindings, {
      metadata: { name: "none-today" },
      spec: {
        policyName: "none-today",
        validationActions: ["Deny"],
        matchResources: { namespaceSelector: { matchExpressions: [inBoth] } },
      },
    });
    const tried = () =>
      api
        .create("/api/v1/namespaces/default/pods?dryRun=All", {
          metadata: { name: "tried" },
          spec: { containers: [{ name: "tried", image: "tried" }] },
        })
        .then(() => "taken", String);
    await expect.poll(tried).toContain("no pods today");
    const up = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, up.output).not.toBe(0);
    expect(up.output).toMatch(/Deployment agentsmith\/redis \(muster:agentsmith\): .*no pods today/);
    expect(up.output).not.toContain("timed out");
    expect(await api.list(`/apis/apps/v1/namespaces/${namespace}/deployments`)).toEqual([]);
    for (const path of [bindings, policies]) await api.delete(`${path}/none-today`);
    await expect.poll(tried).toBe("taken");
    await workspace.succeeds("up", "--yes", "--skip-preview");
  });

  // What is to succeed has the default, ten minutes.
  const limit = "\n      rolloutTimeoutSeconds: 15\n      terminationGracePeriodSeconds: 10";
  const limited = (text: string) => text.replace("replicas: 2", `$&${limit}`);

  test("an image that cannot be pulled fails within the configured time, with the pods' own reason, while the old version serves", async () => {
    await workspace.edit("Pulumi.prod.yaml", (text) => limited(text).replace(":v2", ":broken"));
    const samples = await readyEndpoints(api, namespace);
    const begin = Date.now();
    const up = await workspace.pulumi("up", "--yes", "--skip-preview");
    const seconds = (Date.now() - begin) / 1000;
    const { endpoints } = await samples.stop();
    expect(up.exitCode, up.output).not.toBe(0);
    // By default it would take ten minutes, on an idle machine.
    expect(seconds).toBeLessThan(300);
    expect(up.output).toMatch(/ImagePullBackOff/);
    expect(endpoints).toEqual({ dispatcher: 2, redis: 1 });
  });

  test("status names the pod and its reason", async () => {
    const { stdout, exitCode } = await workspace.command("status", "--stack", "prod");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /dispatcher-\S+\n\s+ImagePullBackOff: Back-off pulling image "agentsmith-dispatcher:broken"/,
    );
  });

  test("status tells how a container crashed, and no secret in what it said", async () => {
    const secret = await api.get(`/api/v1/namespaces/${namespace}/secrets/redis`);
    const [key] = Object.keys(secret.data);
    const password = Buffer.from(secret.data[key!], "base64").toString();
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    const { metadata, status } = pods.find(({ status }) => status.phase === "Pending")!;
    const crashed = {
      ...status.containerStatuses[0],
      lastState: { terminated: { exitCode: 3, reason: "Error", message: `no login by ${password}` } },
    };
    const path = `/api/v1/namespaces/${namespace}/pods/${metadata.name}/status`;
    await api.patch(path, { status: { containerStatuses: [crashed] } });
    const { output } = await workspace.command("status", "--stack", "prod");
    expect(output).toMatch(
      /container dispatcher of dispatcher-\S+ ended with exit code 3: no login by \[secret\]/,
    );
    expect(output).not.toContain(password);
  });

  test("one command brings the config of the last good update back, and heals it; again, it does nothing", async () => {
    const back = ["rollback", "--stack", "prod", "--to", "last-good", "--yes"] as const;
    const rollback = await workspace.command(...back);
    expect(rollback.exitCode, rollback.output).toBe(0);
    // But for a comment, which goes with the line that it stands behind.
    expect(parse(file())).toEqual(parse(good));
    const again = await workspace.command(...back);
    expect([again.exitCode, again.stdout]).toEqual([
      0,
      "The last update succeeded: there is nothing to bring back.",
    ]);
    const deployment = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/dispatcher`);
    expect(deployment.status).toMatchObject({ updatedReplicas: 2, readyReplicas: 2 });
  });

  test("pods that no node has room for fail it with the scheduler's reason, while the old version serves", async () => {
    const huge = "{ requests: { cpu: 100000m }, limits: { cpu: 100000m } }";
    await fails((text) => text.replace("replicas: 2", `replicas: 2\n      resources: ${huge}`), {
      reason: /Unschedulable: .*Insufficient cpu/,
    });
  });

  test("pods that a quota refuses are said before anything is changed, with the quota's reason", async () => {
    const { output } = await withQuota("3", (text) => text.replace(":v2", ":v3"));
    expect(output).toContain("Nothing was created or changed.");
  });

  test("a quota that fills in the middle of a roll-out fails it with the quota's reason, while the old version serves", async () => {
    // There is room for one pod more, which is tried before, and not for all that come.
    const { output } = await withQuota("4", (text) =>
      text.replace(":v2", ":v3").replace("replicas: 2", "replicas: 4"),
    );
    expect(output).not.toContain("Nothing was created or changed.");
    await workspace.succeeds("up", "--yes", "--skip-preview");
  });

  /** An up that fails because the namespace may have so many pods; then the config is as before, and the quota gone. */
  async function withQuota(pods: string, change: (text: string) => string): Promise<{ output: string }> {
    const quota = `/api/v1/namespaces/${namespace}/resourcequotas/full`;
    await api.apply(quota, {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "full" },
      spec: { hard: { pods } },
    });
    // Quotas are counted by a controller, and bind once it has.
    await expect.poll(async () => (await api.get(quota)).status?.used?.pods).toBe("3");
    try {
      const { before, output } = await tried(change, { reason: /exceeded quota: full/ });
      await workspace.edit("Pulumi.prod.yaml", () => before);
      return { output };
    } finally {
      await api.delete(quota);
    }
  }

  /** An up that fails within its time, says why, and leaves two dispatchers answering; then the config is as before. */
  async function fails(change: (text: string) => string, expected: { reason: RegExp }): Promise<void> {
    const { before } = await tried(change, expected);
    await workspace.edit("Pulumi.prod.yaml", () => before);
    await workspace.succeeds("up", "--yes", "--skip-preview");
  }

  /** The same, without the way back: gives what the stack's file was, and what was said. */
  async function tried(change: (text: string) => string, { reason }: { reason: RegExp }) {
    let before = "";
    await workspace.edit("Pulumi.prod.yaml", (text) => {
      before = text;
      return change(limited(text));
    });
    const samples = await readyEndpoints(api, namespace);
    const up = await workspace.pulumi("up", "--yes", "--skip-preview");
    const { endpoints } = await samples.stop();
    expect(up.exitCode, up.output).not.toBe(0);
    expect(up.output).toMatch(reason);
    expect(endpoints).toEqual({ dispatcher: 2, redis: 1 });
    return { before, output: up.output };
  }

  test("of two ups at once the second is refused: it says who holds the lock, and how to clear a stale one", async () => {
    await workspace.edit("Pulumi.prod.yaml", (text) => limited(text).replace(":v2", ":broken"));
    const first = execa("pulumi", ["up", "--yes", "--skip-preview"], {
      cwd: workspace.project,
      env: workspace.environment,
      reject: false,
    });
    await reached(first, { after: 0, what: "lines" }, /updating \(/);
    const second = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(second.exitCode).not.toBe(0);
    expect(second.output).toMatch(
      /currently locked by 1 lock[\s\S]*pulumi cancel[\s\S]*created by .*\(pid \d+\)/,
    );
    await first;
  });
});

describe("a roll-out that cannot end, of a StatefulSet", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("dev", { only: "thebot" });
    await workspace.succeeds("up", "--yes", "--skip-preview");
  });
  afterAll(() => workspace.dispose());

  test("an image that cannot be pulled fails it with the pod's own reason", async () => {
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text
        .replace("postgresql: {", "$& image: postgres:broken, terminationGracePeriodSeconds: 10,")
        .replace("muster:thebot:", "$&\n    rolloutTimeoutSeconds: 15"),
    );
    const up = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, up.output).not.toBe(0);
    expect(up.output).toMatch(
      /thebot-postgres-0\n\s+ImagePullBackOff: Back-off pulling image "postgres:broken"/,
    );
  });

  test("the next good up heals it, with nothing done by hand, and ends when the new pod is ready", async () => {
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text
        .replace("postgres:broken", "postgres:17-alpine")
        .replace("rolloutTimeoutSeconds: 15", "rolloutTimeoutSeconds: 600"),
    );
    await workspace.succeeds("up", "--yes", "--skip-preview");
    const pod = await kubernetes().get("/api/v1/namespaces/thebot-dev/pods/thebot-postgres-0");
    expect(pod).toMatchObject({
      spec: { containers: [{ image: "postgres:17-alpine" }] },
      status: { phase: "Running" },
    });
  });
});
