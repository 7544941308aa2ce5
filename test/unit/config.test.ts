import { join } from "node:path";
import { expect, it } from "vitest";
import { agentsmithSecrets } from "../../config/agentsmith";
import { StackFile } from "../../config/stack-file";
import { parseStack } from "../../systems";
import { StackDirectory } from "./stack-directory";

const projectDirectory = join(__dirname, "../..");

function shipped(stack: string) {
  const file = new StackFile(projectDirectory, stack).handedOver();
  return parseStack({ stack, ...file, local: true, projectDirectory });
}

it("fills in the defaults of agentsmith's document", () => {
  using directory = new StackDirectory();
  const { agentsmith, cluster } = directory.parse("config:\n  muster:agentsmith: {}\n");
  const pods = {
    terminationGracePeriodSeconds: 30,
    safeToEvict: true,
    podAnnotations: {},
    serviceAccount: { annotations: {} },
    placement: {},
    imagePullSecrets: [],
  };
  expect(cluster).toEqual({ name: "dev" });
  expect(agentsmith).toEqual({
    stack: "dev",
    namespace: "agentsmith-dev",
    adopt: false,
    leaves: [],
    image: {
      agent: "agentsmith:latest",
      dispatcher: "agentsmith-dispatcher:latest",
      pullPolicy: "IfNotPresent",
    },
    imagePullSecrets: [],
    spawner: {
      type: "kubernetes",
      ttlSecondsAfterFinished: 300,
      activeDeadlineSeconds: 7200,
      maxRunningJobs: 10,
      jobResources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
      ...pods,
      safeToEvict: false,
    },
    dispatcher: {
      scale: { replicas: 1 },
      port: 8080,
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      timeoutSeconds: 600,
      probes: {
        startup: { initialDelaySeconds: 0, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 120 },
        liveness: { initialDelaySeconds: 15, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 },
        readiness: {
          initialDelaySeconds: 5,
          periodSeconds: 10,
          timeoutSeconds: 3,
          failureThreshold: 3,
          successThreshold: 1,
        },
      },
      ...pods,
      terminationGracePeriodSeconds: 45,
    },
    gitlab: {},
    jira: {},
    placement: {},
    smoke: { image: "curlimages/curl:8.16.0" },
    redis: {
      image: "redis:7-alpine",
      maxMemory: "256mb",
      maxMemoryPolicy: "allkeys-lru",
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "384Mi" } },
      probes: expect.objectContaining({
        liveness: { initialDelaySeconds: 10, periodSeconds: 15, timeoutSeconds: 3, failureThreshold: 3 },
      }),
      ...pods,
    },
    secrets: { values: {}, missing: Object.keys(agentsmithSecrets), generated: {} },
    files: { "agentsmith.yml": "secrets: {}\n" },
  });
});

it("ships dev, staging and prod as the document has them", () => {
  const [dev, staging, prod] = [shipped("dev"), shipped("staging"), shipped("prod")];
  expect(dev.agentsmith).toMatchObject({
    namespace: "agentsmith-dev",
    image: { pullPolicy: "Never" },
    dispatcher: { scale: { replicas: 1 } },
  });
  expect(dev.agentsmith?.ingress).toBeUndefined();
  expect(staging.agentsmith).toMatchObject({
    namespace: "agentsmith-staging",
    dispatcher: { scale: { replicas: 1 } },
  });
  expect(prod.agentsmith).toMatchObject({
    namespace: "agentsmith",
    image: { pullPolicy: "Always" },
    dispatcher: { scale: { replicas: 2 } },
    ingress: {
      host: "agentsmith.yourcompany.com",
      tls: true,
      className: "nginx",
      issuer: "letsencrypt-prod",
      annotations: {},
    },
  });
});

it("a default is overridden alone, not with what lies beside it", () => {
  using directory = new StackDirectory();
  const { agentsmith } = directory.parse(
    "config: {muster:agentsmith: {dispatcher: {resources: {limits: {cpu: 2}}}}}",
  );
  expect(agentsmith?.dispatcher.resources).toEqual({
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { cpu: "2", memory: "512Mi" },
  });
});

it("an autoscaled dispatcher has a range of replicas, and no number", () => {
  using directory = new StackDirectory();
  const stackFile =
    "config: {muster:agentsmith: {dispatcher: {autoscaling: {minReplicas: 2, maxReplicas: 4}}}}";
  expect(directory.parse(stackFile).agentsmith?.dispatcher.scale).toEqual({
    autoscaling: { minReplicas: 2, maxReplicas: 4, cpuUtilization: 70, podMetrics: [] },
  });
});

it("a workload's placement takes the place of the system's, key by key", () => {
  using directory = new StackDirectory();
  const { agentsmith } = directory.parse(`
config:
  muster:agentsmith:
    placement: { nodeSelector: { pool: apps }, priorityClassName: business }
    dispatcher: { placement: { nodeSelector: { pool: edge } } }
`);
  expect(agentsmith?.dispatcher.placement).toEqual({
    nodeSelector: { pool: "edge" },
    priorityClassName: "business",
  });
  expect(agentsmith?.redis.placement).toEqual({
    nodeSelector: { pool: "apps" },
    priorityClassName: "business",
  });
  expect(agentsmith?.spawner.placement).toEqual({
    nodeSelector: { pool: "apps" },
    priorityClassName: "business",
  });
});

it("a system that is left out, or off, does not run", () => {
  using directory = new StackDirectory();
  for (const stackFile of ["config: {}", "config: {muster:agentsmith: off}"])
    expect(directory.refusal(stackFile).message).toContain("No system runs in this stack.");
});

it("a namespace can be named, and must be where none follows from the stack's name", () => {
  using directory = new StackDirectory({ "stacks/Team_A/agentsmith.yml": "a: 1" });
  const named = directory.parse("config: {muster:agentsmith: {namespace: agents}}", { stack: "Team_A" });
  expect(named.agentsmith?.namespace).toBe("agents");
  const { errors } = directory.refusal("config: {muster:agentsmith: {}}", { stack: "Team_A" });
  expect(errors).toMatchObject([
    { path: "muster:agentsmith.namespace", message: expect.stringContaining("agentsmith-Team_A") },
  ]);
});

it("leaves the keys of Pulumi's providers to them", () => {
  using directory = new StackDirectory();
  const stackFile =
    "config: {muster:agentsmith: {}, kubernetes:context: x, pulumi:disable-default-providers: [random]}";
  expect(directory.parse(stackFile).agentsmith).toBeDefined();
});

it("secrets come from keys of their own", () => {
  using directory = new StackDirectory();
  const values = { "agentsmith:anthropic-api-key": "one", "agentsmith:jira-email": "two" };
  const { agentsmith } = directory.parse("config: {muster:agentsmith: {}}", {
    values,
    secretKeys: new Set(Object.keys(values)),
  });
  expect(agentsmith?.secrets).toEqual({
    values: { "anthropic-api-key": "one", "jira-email": "two" },
    missing: Object.keys(agentsmithSecrets).filter(
      (key) => !["anthropic-api-key", "jira-email"].includes(key),
    ),
    generated: {},
  });
});
