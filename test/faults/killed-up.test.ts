import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";

// `up` prints a line for every step of every object: some eighty for agentsmith's first deployment.
const moments = [
  { after: 300, what: "ms" },
  { after: 900, what: "ms" },
  ...[1, 3, 6, 10, 14, 18, 22, 26, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75].map((after) => ({
    after,
    what: "lines",
  })),
];

describe("an up that is killed", () => {
  const api = kubernetes();
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("dev");
  });
  afterAll(() => workspace.dispose());

  // Each in a namespace and a stack of its own, so that every one is a first deployment.
  test.each(moments.map((moment, index) => ({ ...moment, stack: `killed-${index + 1}` })))(
    "after $after $what is carried to its end by the documented commands",
    async ({ after, what, stack }) => {
      await workspace.addStack(
        stack,
        `config:\n  muster:agentsmith: { config: stacks/dev/agentsmith.yml }\n`,
      );
      const namespace = `agentsmith-${stack}`;
      await killUp(stack, after, what);
      const password = await redisPassword(namespace);

      await workspace.succeeds("cancel", "--yes", "--stack", stack);
      await workspace.succeeds(
        "refresh",
        "--yes",
        "--skip-preview",
        "--clear-pending-creates",
        "--stack",
        stack,
      );
      await workspace.succeeds("up", "--yes", "--skip-preview", "--stack", stack);
      await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", stack);

      const { deployment } = JSON.parse(await workspace.succeeds("stack", "export", "--stack", stack));
      expect(deployment.pending_operations ?? []).toEqual([]);
      expect(await objectsIn(namespace)).toEqual(objectsOf(deployment.resources, namespace));
      if (password) expect(await redisPassword(namespace)).toBe(password);
    },
  );

  async function killUp(stack: string, after: number, what: string): Promise<void> {
    const up = execa("pulumi", ["up", "--yes", "--skip-preview", "--stack", stack], {
      cwd: workspace.project,
      env: workspace.environment,
      reject: false,
    });
    const ended = up.then(() => {});
    const reached =
      what === "ms"
        ? setTimeout(after)
        : new Promise<void>((resolve) => {
            let lines = 0;
            up.stdout!.on("data", (chunk: Buffer) => {
              lines += chunk.toString().split("\n").length - 1;
              if (lines >= after) resolve();
            });
          });
    await Promise.race([reached, ended]);
    up.kill("SIGKILL");
    await ended;
  }

  async function redisPassword(namespace: string): Promise<string | undefined> {
    return api.get(`/api/v1/namespaces/${namespace}/secrets/redis`).then(
      (secret) => secret.data.password,
      () => undefined,
    );
  }

  /** Every object that somebody made in the namespace, but for those that Kubernetes makes in each. */
  async function objectsIn(namespace: string): Promise<string[]> {
    const kinds = {
      "/api/v1": ["configmaps", "secrets", "services", "serviceaccounts", "resourcequotas", "podtemplates"],
      "/apis/apps/v1": ["deployments"],
      "/apis/networking.k8s.io/v1": ["networkpolicies", "ingresses"],
      "/apis/rbac.authorization.k8s.io/v1": ["roles", "rolebindings"],
      "/apis/policy/v1": ["poddisruptionbudgets"],
    };
    const lists = Object.entries(kinds).flatMap(([version, names]) =>
      names.map(async (name) => {
        const items = await api.list(`${version}/namespaces/${namespace}/${name}`);
        return items.map(({ metadata }) => `${name} ${metadata.name}`);
      }),
    );
    const ofKubernetes = ["configmaps kube-root-ca.crt", "serviceaccounts default"];
    return (await Promise.all(lists))
      .flat()
      .filter((each) => !ofKubernetes.includes(each))
      .sort();
  }

  function objectsOf(
    resources: { type: string; outputs?: { metadata?: { name: string; namespace?: string } } }[],
    namespace: string,
  ) {
    return resources
      .filter(
        ({ type, outputs }) => type.startsWith("kubernetes:") && outputs?.metadata?.namespace === namespace,
      )
      .map(({ type, outputs }) => `${plural(type.split(":")[2]!)} ${outputs!.metadata!.name}`)
      .sort();
  }

  function plural(kind: string): string {
    return kind.toLowerCase().replace(/y$/, "ie").replace(/s$/, "se").concat("s");
  }
});
