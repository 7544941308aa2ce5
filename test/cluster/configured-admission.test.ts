import { afterAll, describe, expect, test } from "vitest";
import { inTheWay } from "../../cluster/comparison/report";
import { kubernetes } from "../harness/kubernetes";
import { configOf } from "../unit/shipped-stack";
import { declaredOf, held, usersCluster } from "./declared-on-cluster";
import { makeAll, pathOf, removeAll } from "./object-paths";

// What the API server asks by a stack's config: of images, and of a dispatcher's Jobs.

const api = kubernetes();
// biome-ignore lint/suspicious/noExplicitAny: tests change pods wherever a pod has a field
type Pod = any;

describe("images, where a stack's config says what they may be", () => {
  const pods = "/api/v1/namespaces/wbot/pods?dryRun=All";
  const digest = `sha256:${"a".repeat(64)}`;
  /** The stack with this said of images, and this image of its own. */
  const stack = (images: string, image = "wbot-web:1.0.0") =>
    declaredOf(
      configOf(
        "prod",
        `config:\n  muster:cluster: { images: ${images} }\n  muster:wbot: { image: { ai: 'wbot-ai:1', web: '${image}' } }\n`,
      ),
    );
  const made: string[] = [];
  afterAll(() => removeAll(made));

  /** Has the API server ask this of images, and waits until it does. */
  async function asked(images: string, refused: string): Promise<void> {
    for (const { manifest } of await stack(images)) {
      const wanted = manifest.kind === "Namespace" || manifest.metadata.name === "wbot-pods";
      if (!wanted) continue;
      await api.apply(pathOf(manifest), manifest);
      if (!made.includes(pathOf(manifest))) made.unshift(pathOf(manifest));
    }
    await expect.poll(() => refusal(refused), { timeout: 30_000 }).not.toBeUndefined();
  }

  const restricted = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
  };
  const pod = (image: string, change: (pod: Pod) => void = () => {}): Pod => {
    const bounds = { cpu: "10m", memory: "16Mi" };
    const made = {
      metadata: { name: "debug", labels: {} },
      spec: {
        serviceAccountName: "default",
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "debug",
            image,
            resources: { limits: bounds, requests: bounds },
            securityContext: restricted,
          },
        ],
      },
    };
    change(made);
    return made;
  };
  const refusal = (image: string, change?: (pod: Pod) => void): Promise<string | undefined> =>
    api.create(pods, pod(image, change)).then(
      () => undefined,
      ({ message }: Error) => message,
    );

  test("a tag that moves is refused, of every container and of what is mounted, but by who says why", async () => {
    await asked("{ latest: false }", "busybox");
    for (const image of ["busybox:1.37", `busybox@${digest}`, `registry:5000/busybox:latest@${digest}`])
      expect(await refusal(image)).toBeUndefined();
    for (const image of ["busybox", "busybox:latest", "registry:5000/team/busybox"])
      expect(await refusal(image)).toMatch(
        /image-tag: .* is (?!not allowed;)\S*busybox.*; allowed: a version/,
      );
    const others: ((pod: Pod) => void)[] = [
      ({ spec }) => (spec.initContainers = [{ ...spec.containers[0], name: "first", image: "first" }]),
      ({ spec }) => (spec.volumes = [{ name: "model", image: { reference: "first:latest" } }]),
    ];
    for (const change of others)
      expect(await refusal("busybox:1", change)).toMatch(/image-tag: .*library\/first/);
    expect(
      await refusal("busybox", ({ metadata }) => (metadata.labels["muster.dev/break-glass"] = "incident-42")),
    ).toBeUndefined();
  });

  test("a pod that runs gets no other image that moves, and what it has is not judged again", async () => {
    await asked("{ latest: false }", "busybox");
    const running = "/api/v1/namespaces/wbot/pods/running";
    const reason = "muster.dev/break-glass";
    await api.create(
      "/api/v1/namespaces/wbot/pods",
      pod("busybox", ({ metadata }) =>
        Object.assign(metadata, { name: "running", labels: { [reason]: "incident-42" } }),
      ),
    );
    const answer = (asked: Promise<unknown>): Promise<string> =>
      asked.then(
        () => "none",
        ({ message }: Error) => message,
      );
    expect(await answer(api.patch(running, { metadata: { labels: { [reason]: null } } }))).toBe("none");
    const image = (value: string) =>
      answer(api.edit(running, [{ op: "replace", path: "/spec/containers/0/image", value }]));
    expect(await image("evil")).toMatch(/image-tag: .*library\/evil;/);
    const tools = {
      spec: { ephemeralContainers: [{ name: "tools", image: "tools", securityContext: restricted }] },
    };
    expect(await answer(api.patch(`${running}/ephemeralcontainers`, tools))).toMatch(
      /image-tag: .*library\/tools;/,
    );
    expect(await image("busybox:1")).toBe("none");
  });

  test("registries and digests are asked for by config", async () => {
    await asked("{ registries: ['ghcr.io/acme/*', docker.io/library/redis], digest: true }", "busybox:1");
    expect(await refusal(`ghcr.io/acme/web:1@${digest}`)).toBeUndefined();
    expect(await refusal(`redis@${digest}`)).toBeUndefined();
    expect(await refusal("redis:7")).toMatch(/image-digest: .*library\/redis:7; allowed: a digest/);
    expect(await refusal(`ghcr.io.evil.example/acme/web@${digest}`)).toMatch(
      /image-registry: .*evil.*; allowed: ghcr\.io\/acme\/\*, docker\.io\/library\/redis/,
    );
  });

  test("an update is judged by what it asks itself, not by what was asked before", async () => {
    await asked("{ latest: false }", "busybox");
    const cluster = { ...(await usersCluster()), isLocal: true };
    const said = async (images: string, image: string) => {
      const declared = await stack(images, image);
      const config = {
        images: configOf("prod", `config:\n  muster:cluster: { images: ${images} }\n  muster:wbot: {}\n`)
          .cluster.images,
      };
      return inTheWay(await held(declared, cluster, declared, config)).join("\n");
    };
    expect(await said("{ latest: true }", "wbot-web:latest")).toBe("");
    expect(await said("{ latest: false }", "wbot-web:latest")).toMatch(
      /wbot-web.*: image-tag: docker\.io\/library\/wbot-web:latest/,
    );
    // A changed policy lets a pod pass no other check.
    await api.create("/api/v1/namespaces/wbot/limitranges", {
      metadata: { name: "small" },
      spec: { limits: [{ type: "Container", max: { memory: "20Mi" } }] },
    });
    await expect
      .poll(() => said("{ latest: true }", "wbot-web:latest"))
      .toMatch(/maximum memory usage per Container is 20Mi/);
  });
});

test("a dispatcher's Jobs have the images and the tolerations that config lets them have", async () => {
  const text = `config:
  muster:cluster: { images: { latest: false } }
  muster:agentsmith:
    image: { agent: 'agentsmith:1', dispatcher: 'dispatcher:1' }
    spawner:
      placement:
        tolerations:
          - { key: agents, value: only, effect: NoSchedule }
          - { operator: Exists, effect: NoExecute, tolerationSeconds: 60 }
`;
  const objects = (await declaredOf(configOf("prod", text))).map(({ manifest }) => manifest);
  const policies = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];
  const made = await makeAll(objects, ["Namespace", "Role", "RoleBinding", ...policies]);
  try {
    const file = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "agent-job")!;
    const asDispatcher = kubernetes({ asServiceAccount: "agentsmith:dispatcher" });
    const refusal = (change: (pod: Pod) => void): Promise<string> => {
      const job = JSON.parse(file.data["job.json"]);
      change(job.spec.template.spec);
      return asDispatcher.create("/apis/batch/v1/namespaces/agentsmith/jobs?dryRun=All", job).then(
        () => "none",
        ({ message }: Error) => message,
      );
    };
    const image = (name: string) => refusal((pod) => (pod.containers[0].image = name));
    await expect
      .poll(() => image("agentsmith:latest"), { timeout: 30_000 })
      .toMatch(/image-tag: .* is docker\.io\/library\/agentsmith:latest; allowed: a version/);
    expect(await image("agentsmith:1.2.3")).toBe("none");
    const toleration = (one: object) => refusal((pod) => (pod.tolerations = [one]));
    expect(await toleration({ key: "agents", operator: "Equal", value: "only", effect: "NoSchedule" })).toBe(
      "none",
    );
    for (const beyond of [
      { key: "agents", value: "only" },
      { key: "agents", operator: "Exists", effect: "NoSchedule" },
      { key: "agents", value: "all", effect: "NoSchedule" },
      { operator: "Exists" },
      { operator: "Exists", effect: "NoExecute" },
      { operator: "Exists", effect: "NoExecute", tolerationSeconds: 61 },
    ])
      expect(await toleration(beyond)).toMatch(
        /tolerations: .*; allowed: agents NoSchedule, every taint NoExecute/,
      );
  } finally {
    await removeAll(made);
  }
});
