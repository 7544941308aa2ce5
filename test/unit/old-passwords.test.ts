import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { KubernetesObject } from "../../cluster/api-server";
import { acceptPassword, withdrawOldPassword } from "../../cluster/passwords";
import type { ServerCommand } from "../../components/password-commands";
import { redisPasswords } from "../../components/redis-passwords";

// What is told to which server, and when, in a cluster that is made up.

afterEach(() => void vi.restoreAllMocks());

const annotations = {
  "muster.dev/old-password": JSON.stringify({
    kind: "redis",
    since: "2026-01-02T03:04:05Z",
    readers: { api: "new", bot: "new" },
  }),
};
const secret = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: {
    name: "redis",
    namespace: "shop",
    labels: { "app.kubernetes.io/component": "redis" },
    annotations,
  },
  data: { password: Buffer.from("new-password").toString("base64") },
};
const running = { containerStatuses: [{ state: { running: {} } }], phase: "Running" };
const pod = (component: string, digest?: string, more: object = {}) => ({
  metadata: {
    name: component,
    labels: { "app.kubernetes.io/component": component },
    annotations: digest ? { "muster.dev/secrets": digest } : {},
    creationTimestamp: "2026-01-02T03:04:00Z",
    ...more,
  },
  spec: { containers: [{ name: component }] },
  status: running,
});
const server = pod("redis");
const waiting = (reason: string) => ({
  containerStatuses: [{ state: { waiting: { reason } } }],
  phase: "Pending",
});
const starting = {
  ...server,
  spec: { ...server.spec, nodeName: "node-1" },
  status: waiting("ContainerCreating"),
};

describe("an old password is withdrawn when nobody is left who started with it", () => {
  const later = { creationTimestamp: "2026-01-02T03:04:06Z" };

  test.each([
    ["a pod that is being ended", [pod("api", "old", { deletionTimestamp: "2026-01-02T04:00:00Z" })], false],
    ["a Job's pod that runs since before", [pod("api", "new"), pod("bot")], false],
    ["one that ended", [pod("api", "new"), { ...pod("bot"), status: { phase: "Succeeded" } }], true],
    ["a Job's pod that came after", [pod("api", "new"), pod("bot", undefined, later)], true],
    ["a pod that never reads it", [pod("api", "new"), pod("web")], true],
    ["nobody", [], true],
  ])("left is %s", async (_, pods, withdraws) => {
    const told: ServerCommand[] = [];
    const patches: unknown[] = [];
    const api = {
      list: async () => [...pods, server] as unknown as KubernetesObject[],
      patch: async (_path: string, fields: unknown) => patches.push(fields),
    };
    await withdrawOldPassword(secret, {
      api: api as never,
      exec: async (_pod, command) => void told.push(command),
    });
    expect(told).toEqual(withdraws ? [redisPasswords.withdraw({ password: "new-password" })] : []);
    expect(patches).toEqual(
      withdraws ? [{ metadata: { annotations: { "muster.dev/old-password": null } } }] : [],
    );
  });

  test.each([
    ["cannot be told", [server], /the right to create pods\/exec: cannot create "pods\/exec"$/],
    ["does not run", [], /the server does not run$/],
  ])(
    "where the server %s, the update goes on, says so, and the next one tries again",
    async (_, pods, why) => {
      const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
      const patches: unknown[] = [];
      const api = { list: async () => pods, patch: async (...patch: unknown[]) => patches.push(patch) };
      const exec = () =>
        Promise.reject(Object.assign(new Error(), { stderr: 'cannot create "pods/exec"\n' }));
      await withdrawOldPassword(secret, { api: api as never, exec });
      const said = warn.mock.calls.map(([message]) => message).join("\n");
      expect(said).toMatch(
        /^shop\/redis: an old password .* stays valid beside the new one; the next `up` tries again/,
      );
      expect(said).toMatch(why);
      expect(patches).toEqual([]);
    },
  );
});

describe("while another new password is on its way", () => {
  test("the one before is not withdrawn for the mark of an earlier rotation", async () => {
    const { done, cluster } = recording(() => [server]);
    await acceptPassword(change, redisPasswords, cluster);
    expect(done).toEqual([
      redisPasswords.accept(before, after),
      [
        "/api/v1/namespaces/shop/secrets/redis?fieldManager=muster",
        { metadata: { annotations: { "muster.dev/old-password": null } } },
      ],
    ]);
  });

  test("a server that is starting is told once it runs: it may have read the old one", async () => {
    const states = [starting, starting, server];
    const { done, cluster } = recording(() => [states.shift() ?? server]);
    await acceptPassword(change, redisPasswords, cluster);
    expect(done[0]).toEqual(redisPasswords.accept(before, after));
  });

  test.each([
    ["is stuck at its start", starting, /^shop\/redis: redis had not started after 60 seconds/],
    ["cannot get its image", { ...starting, status: waiting("ImagePullBackOff") }, /^$/],
    ["has no node yet", { ...starting, spec: { containers: [] } }, /^$/],
  ])("one that %s does not stop the update that mends it", async (_, pod, warning) => {
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    let now = 0;
    vi.spyOn(Date, "now").mockImplementation(() => {
      now += 40_000;
      return now;
    });
    const { done, cluster } = recording(() => [pod]);
    await acceptPassword(change, redisPasswords, cluster);
    expect(warn.mock.calls.join("\n")).toMatch(warning);
    expect(done).not.toContainEqual(redisPasswords.accept(before, after));
  });

  const [before, after] = [{ password: "new-password" }, { password: "newest-password" }];
  const inputs = (stringData: object) => ({ metadata: secret.metadata, stringData });
  const change = {
    oldInputs: inputs(before),
    newInputs: inputs(after),
  } as unknown as pulumi.ResourceHookArgs;

  /** A cluster with these pods, and what is done in it. */
  function recording(pods: () => object[]) {
    const done: unknown[] = [];
    const api = {
      list: async () => pods(),
      find: async () => secret,
      patch: async (path: string, fields: unknown) => done.push([path, fields]),
    };
    const exec = async (_pod: KubernetesObject, command: ServerCommand) => void done.push(command);
    return { done, cluster: { api: api as never, exec } };
  }
});
