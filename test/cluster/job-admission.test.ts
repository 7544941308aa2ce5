import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { shippedResources } from "../unit/shipped-stack";
import { dispatchers } from "./dispatchers";
import { makeAll, removeAll } from "./object-paths";

// What the API server lets a dispatcher do, always asked as the dispatcher's own account. Objects are those of stack dev.

const api = kubernetes();
// biome-ignore lint/suspicious/noExplicitAny: tests change Jobs wherever a Job has a field
type Job = any;

describe.each(dispatchers)("$system's dispatcher", ({ system, account, spawns }) => {
  const namespace = account.split(":")[0]!;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const asDispatcher = kubernetes({ asServiceAccount: account });
  const made: string[] = [];
  let template: string;

  beforeAll(async () => {
    const objects = (await shippedResources("dev"))
      .get(system)!
      .map(({ inputs }) => inputs as KubernetesObject);
    const kinds = [
      "Namespace",
      "Role",
      "RoleBinding",
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
    ];
    made.unshift(...(await makeAll(objects, kinds)));
    const file = objects.find(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata.name === `${spawns}-job`,
    );
    template = file!.data["job.json"];
    // The API server takes a moment to come to a new policy.
    while (await admitted((job) => (job.spec.backoffLimit = 6))) await setTimeout(100);
  });

  afterAll(() => removeAll(made));

  const job = (change: (job: Job) => void = () => {}): Job => {
    const parsed = JSON.parse(template);
    parsed.spec.template.spec.containers[0].env.push({ name: "TICKET", value: 'a\'s "ticket"' });
    change(parsed);
    return parsed;
  };
  const create = (change?: (job: Job) => void) => asDispatcher.create(`${jobs}?dryRun=All`, job(change));
  const admitted = (change?: (job: Job) => void): Promise<boolean> =>
    create(change).then(
      () => true,
      () => false,
    );
  const pod = (change: (pod: Job) => void) => (job: Job) => change(job.spec.template.spec);
  const main = (change: (container: Job) => void) => pod(({ containers }) => change(containers[0]));

  test("may create its own kind of Job, of any tag, with variables and arguments of its own", async () => {
    await create();
    await create(
      main((container) => {
        container.image = `${container.image.replace(/:[^:/]*$/, "")}:1.2.3@sha256:${"a".repeat(64)}`;
        container.args = ["--ticket", "42"];
      }),
    );
    await create((job) => {
      job.metadata.labels["example.com/meeting"] = "42";
      job.spec.template.metadata.labels["example.com/meeting"] = "42";
    });
    await create(main(({ resources }) => (resources.limits.memory = resources.requests.memory)));
  });

  test.each([
    ["image", "another image", main((c) => (c.image = "evil.example.com/miner:1"))],
    ["image", "an image whose name begins like it", main((c) => (c.image = `${c.image.split(":")[0]}-evil`))],
    [
      "containers",
      "a second container",
      pod((p) => p.containers.push({ ...p.containers[0], name: "second" })),
    ],
    [
      "containers",
      "an init container",
      pod((p) => (p.initContainers = [{ ...p.containers[0], name: "init" }])),
    ],
    [
      "service-account",
      "the dispatcher's account",
      pod((p) => (p.serviceAccountName = account.split(":")[1])),
    ],
    ["service-account", "no account", pod((p) => delete p.serviceAccountName)],
    ["token", "a token", pod((p) => (p.automountServiceAccountToken = true))],
    ["token", "nothing said of a token", pod((p) => delete p.automountServiceAccountToken)],
    [
      "volumes",
      "a token as a volume",
      pod((p) =>
        p.volumes.push({ name: "t", projected: { sources: [{ serviceAccountToken: { path: "t" } }] } }),
      ),
    ],
    [
      "volumes",
      "another Secret as a volume",
      pod((p) => p.volumes.push({ name: "s", secret: { secretName: "onepassword-token" } })),
    ],
    [
      "volumes",
      "another ConfigMap as a volume",
      pod((p) => p.volumes.push({ name: "c", configMap: { name: "kube-root-ca.crt" } })),
    ],
    [
      "volumes",
      "another's claim",
      pod((p) => p.volumes.push({ name: "d", persistentVolumeClaim: { claimName: "data-redis-0" } })),
    ],
    [
      "volumes",
      "a volume of its own",
      pod((p) =>
        p.volumes.push({
          name: "e",
          ephemeral: {
            volumeClaimTemplate: {
              spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Ti" } } },
            },
          },
        }),
      ),
    ],
    [
      "volumes",
      "an empty directory without a bound",
      pod((p) => p.volumes.push({ name: "x", emptyDir: {} })),
    ],
    [
      "secrets",
      "a key of another Secret",
      main((c) => c.env.push({ name: "X", valueFrom: { secretKeyRef: { name: "redis", key: "password" } } })),
    ],
    [
      "secrets",
      "another key of its Secret",
      main((c) =>
        c.env.push({
          name: "X",
          valueFrom: { secretKeyRef: { name: `${system}-secrets`, key: "slack-signing-secret" } },
        }),
      ),
    ],
    [
      "secrets",
      "the whole of a Secret",
      main((c) => (c.envFrom = [{ secretRef: { name: `${system}-secrets` } }])),
    ],
    [
      "secrets",
      "a key of another ConfigMap",
      main((c) =>
        c.env.push({
          name: "X",
          valueFrom: { configMapKeyRef: { name: "kube-root-ca.crt", key: "ca.crt" } },
        }),
      ),
    ],
    ["pull-secrets", "pull secrets of others", pod((p) => (p.imagePullSecrets = [{ name: "registry" }]))],
    [
      "labels",
      "the labels of Redis on the Job",
      (j: Job): unknown => (j.metadata.labels["app.kubernetes.io/component"] = "redis"),
    ],
    [
      "labels",
      "the labels of Redis on its pods",
      (j: Job): unknown => (j.spec.template.metadata.labels["app.kubernetes.io/component"] = "redis"),
    ],
    ["labels", "no labels on its pods", (j: Job): void => void delete j.spec.template.metadata.labels],
    [
      "labels",
      "another system's label",
      (j: Job): unknown => (j.spec.template.metadata.labels["app.kubernetes.io/part-of"] = "thebot"),
    ],
    [
      "labels",
      "the label that lets its pods in whatever they lack",
      (j: Job): unknown => (j.spec.template.metadata.labels["muster.dev/break-glass"] = "me"),
    ],
    ["deadline", "no deadline", pod((p) => delete p.activeDeadlineSeconds)],
    ["deadline", "a longer deadline", pod((p) => (p.activeDeadlineSeconds = 86400 * 30))],
    ["ttl", "no TTL", (j: Job): void => void delete j.spec.ttlSecondsAfterFinished],
    ["ttl", "a longer TTL", (j: Job): unknown => (j.spec.ttlSecondsAfterFinished = 86400 * 30)],
    ["backoff", "retries", (j: Job): unknown => (j.spec.backoffLimit = 6)],
    [
      "parallelism",
      "many pods at once",
      (j: Job): unknown => Object.assign(j.spec, { parallelism: 1000, completions: 1000 }),
    ],
    [
      "manual-selector",
      "a selector of its own",
      (j: Job): unknown =>
        Object.assign(j.spec, {
          manualSelector: true,
          selector: { matchLabels: { "app.kubernetes.io/part-of": system } },
        }),
    ],
    ["finalizers", "a finalizer", (j: Job): unknown => (j.metadata.finalizers = ["example.com/keep"])],
    ["limits", "more CPU", main((c) => (c.resources.limits.cpu = "64"))],
    ["limits", "more memory", main((c) => (c.resources.limits.memory = "256Gi"))],
    ["limits", "no limit of memory", main((c) => delete c.resources.limits.memory)],
    ["limits", "no resources", main((c) => delete c.resources)],
    [
      "limits",
      "resources of the pod as a whole",
      pod((p) => (p.resources = { requests: { cpu: "64" }, limits: { cpu: "64", memory: "256Gi" } })),
    ],
    ["grace-period", "days to stop", pod((p) => (p.terminationGracePeriodSeconds = 360000))],
    [
      "failure-policy",
      "failures that do not count",
      (j: Job): unknown =>
        (j.spec.podFailurePolicy = {
          rules: [{ action: "Ignore", onExitCodes: { operator: "NotIn", values: [0] } }],
        }),
    ],
    ["limits", "a GPU", main((c) => (c.resources.limits["nvidia.com/gpu"] = "1"))],
    ["priority", "a priority class", pod((p) => (p.priorityClassName = "system-cluster-critical"))],
    ["node", "a node", pod((p) => (p.nodeName = "node-0"))],
    [
      "node",
      "a selector of nodes",
      pod((p) => (p.nodeSelector = { "node-role.kubernetes.io/control-plane": "" })),
    ],
    ["node", "an affinity", pod((p) => (p.affinity = { nodeAffinity: {} }))],
    ["node", "a runtime class", pod((p) => (p.runtimeClassName = "kata"))],
    [
      "tolerations",
      "a toleration of a taint",
      pod((p) => (p.tolerations = [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }])),
    ],
    ["node", "a gate that nobody opens", pod((p) => (p.schedulingGates = [{ name: "example.com/never" }]))],
    ["managed-by", "nobody to run it", (j: Job): unknown => (j.spec.managedBy = "example.com/nobody")],
    ["tolerations", "a toleration of every taint", pod((p) => (p.tolerations = [{ operator: "Exists" }]))],
    ["host", "the node's network", pod((p) => (p.hostNetwork = true))],
    ["host", "the node's processes", pod((p) => (p.hostPID = true))],
    ["restricted", "root", main((c) => (c.securityContext.runAsNonRoot = false))],
    ["restricted", "user 0", main((c) => (c.securityContext.runAsUser = 0))],
    ["restricted", "privilege escalation", main((c) => (c.securityContext.allowPrivilegeEscalation = true))],
    ["restricted", "a capability", main((c) => (c.securityContext.capabilities.add = ["SYS_ADMIN"]))],
    ["restricted", "all capabilities", main((c) => delete c.securityContext.capabilities)],
    [
      "restricted",
      "a privileged container",
      main((c) => Object.assign(c.securityContext, { privileged: true, allowPrivilegeEscalation: true })),
    ],
    [
      "restricted",
      "a writable root file system",
      main((c) => delete c.securityContext.readOnlyRootFilesystem),
    ],
    ["restricted", "no seccomp profile", pod((p) => delete p.securityContext.seccompProfile)],
    [
      "restricted",
      "no security context",
      (j: Job): void => {
        delete j.spec.template.spec.securityContext;
        delete j.spec.template.spec.containers[0].securityContext;
      },
    ],
  ] as const)("is refused for %s: %s", async (requirement, _, change) => {
    await expect(create(change as (job: Job) => void)).rejects.toThrow(
      new RegExp(`denied request: ${requirement}: .* is (?!not allowed;).*; allowed: `, "s"),
    );
  });

  test("deletes its own Jobs, and no others", async () => {
    const own = await asDispatcher.create(jobs, job());
    await expect(asDispatcher.delete(`${jobs}/${own.metadata.name}`)).resolves.toBeDefined();
    const other = await api.create(
      jobs,
      job((each) => (each.metadata.labels = { app: "backup" })),
    );
    await expect(asDispatcher.delete(`${jobs}/${other.metadata.name}`)).rejects.toThrow(/own-jobs: /);
    await api.delete(`${jobs}/${other.metadata.name}?propagationPolicy=Background`);
  });

  test("whatever others create in the namespace is none of this policy's business", async () => {
    await api.create(
      `${jobs}?dryRun=All`,
      job((each) => (each.spec.backoffLimit = 6)),
    );
  });
});
