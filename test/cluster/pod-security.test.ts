import { afterAll, beforeAll, expect, test } from "vitest";
import { KubernetesError } from "../../tools/kubernetes";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { breakages, letThrough } from "../policy/breakages";
import { broken } from "../policy/broken";
import { container, findings, type Json } from "../policy/objects";
import { shippedObjects } from "../policy/shipped";
import { randomFrom } from "../unit/mutate";
import { pathOf } from "./object-paths";

// The API server's own Pod Security admission is asked for its verdict on generated pods, control by control.

/** What the API server calls the control that a rule stands for. */
const refusals: Readonly<Record<string, string>> = {
  "run-as-non-root": "runAsNonRoot != true",
  "run-as-user": "runAsUser=0",
  "allow-privilege-escalation": "allowPrivilegeEscalation != false",
  capabilities: "unrestricted capabilities",
  "seccomp-profile": "seccompProfile",
  "volume-types": "restricted volume types",
  "host-namespaces": "host namespaces",
  "host-ports": "hostPort",
  "host-probes": "probe or lifecycle host",
  privileged: "privileged",
  "proc-mount": "procMount",
  sysctls: "forbidden sysctls",
  "se-linux-options": "seLinuxOptions",
  "app-armor-profile": "forbidden AppArmor profile",
};
const PODS = 600;
const namespace = `pod-security-${process.pid}`;
const api = kubernetes();

beforeAll(async () => {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await api.apply(`/api/v1/namespaces/${namespace}`, {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels },
  });
  await api.apply(`/api/v1/namespaces/${namespace}/serviceaccounts/default`, {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "default" },
  });
});
afterAll(() => api.delete(`/api/v1/namespaces/${namespace}`));

test.each(letThrough.byApiServer)("the API server refuses what the pack lets through: %s", async (name) => {
  const breakage = breakages.find(({ of, what }) => name === `${of}: ${what}`)!;
  const [changed] = shippedObjects("prod").flatMap((resource) => broken(resource, breakage));
  const { metadata, ...object } = changed!.body.value as KubernetesObject;
  const moved = { ...object, metadata: { ...metadata, namespace } } as KubernetesObject;
  const collection = pathOf(moved).replace(/\/[^/]*$/, "");
  const error = await api
    .create(`${collection}?dryRun=All&fieldValidation=Strict`, moved)
    .catch((refused: KubernetesError) => refused.status);
  expect([400, 422]).toContain(error);
});

test(`the rules say of ${PODS} pods what the API server says`, async () => {
  const seen = new Set<string>();
  let accepted = 0;
  for (let seed = 1; seed <= PODS; seed++) {
    const pod = randomPod(seed);
    const server = await serverRefuses(pod);
    const rules = new Set(findings(pod).map(({ rule }) => rule.id));
    // Since 1.35 the API server lets root be where a user namespace holds it; the rules do not.
    if ((pod.spec as Json).hostUsers === false)
      for (const rule of ["run-as-non-root", "run-as-user"]) rules.delete(rule);
    expect([...rules].filter((rule) => rule in refusals).sort(), JSON.stringify({ seed, pod })).toEqual(
      server,
    );
    for (const rule of server) seen.add(rule);
    if (server.length === 0) accepted++;
  }
  expect([...seen].sort()).toEqual(Object.keys(refusals).sort());
  expect(accepted).toBeGreaterThan(PODS / 20);
});

async function serverRefuses(pod: Json): Promise<string[]> {
  try {
    await api.create(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
    return [];
  } catch (error) {
    if (!(error instanceof KubernetesError) || error.status !== 403) throw error;
    const { message } = error;
    return Object.keys(refusals)
      .filter((rule) => new RegExp(`[:,] ${refusals[rule]}s? \\(`).test(message))
      .sort();
  }
}

/** A pod that the API server takes as valid, now and then with something that a control forbids. */
function randomPod(seed: number): Json {
  const random = randomFrom(seed);
  const oneOf = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  /** The usual value four times in five, so that most pods break few controls, and some none. */
  const mostly = <T>(usual: T, ...others: readonly T[]): T => (random() < 0.8 ? usual : oneOf(...others));

  const inUserNamespace = random() < 0.05;
  const settings = () => ({
    runAsNonRoot: oneOf(true, true, mostly<boolean | undefined>(undefined, false)),
    runAsUser: mostly<number | undefined>(undefined, 0, 1000),
    seccompProfile: mostly<Json | null>(
      { type: "RuntimeDefault" },
      null,
      { type: "Unconfined" },
      { type: "Localhost", localhostProfile: "a" },
    ),
    seLinuxOptions: mostly<Json | undefined>(
      undefined,
      {},
      { type: "spc_t" },
      { role: "r" },
      { type: "container_t" },
    ),
    appArmorProfile: mostly<Json | undefined>(undefined, { type: "RuntimeDefault" }, { type: "Unconfined" }),
  });
  const randomContainer = (name: string, port: number) => {
    const privileged = mostly<boolean | undefined>(undefined, false, true);
    return container({
      name,
      ports: mostly<Json[] | undefined>(undefined, [
        { containerPort: port, hostPort: oneOf(undefined, port) },
      ]),
      livenessProbe: mostly<Json | undefined>(undefined, {
        httpGet: { port: 80, host: oneOf("", "10.0.0.1") },
      }),
      securityContext: {
        ...(random() < 0.6 ? settings() : {}),
        privileged,
        allowPrivilegeEscalation: privileged
          ? undefined
          : mostly<boolean | undefined>(false, undefined, true),
        capabilities: mostly<Json | undefined>(
          { drop: ["ALL"] },
          undefined,
          {},
          { drop: ["NET_RAW"] },
          {
            drop: ["ALL", "CHOWN"],
            add: [oneOf("NET_BIND_SERVICE", "CHOWN", "SYS_ADMIN")],
          },
        ),
        procMount: mostly<string | undefined>(undefined, inUserNamespace ? "Unmasked" : "Default"),
      },
    });
  };
  const sidecar = () => ({
    ...randomContainer("sidecar", 81),
    restartPolicy: "Always",
    livenessProbe: undefined,
  });
  const spec: Json = {
    hostUsers: inUserNamespace ? false : undefined,
    hostPID: inUserNamespace ? undefined : mostly<boolean | undefined>(undefined, false, true),
    hostIPC: inUserNamespace ? undefined : mostly<boolean | undefined>(undefined, true),
    securityContext: {
      ...(random() < 0.7 ? settings() : {}),
      sysctls: mostly<Json[] | undefined>(
        undefined,
        [{ name: "net.ipv4.tcp_syncookies", value: "1" }],
        [{ name: "net.core.somaxconn", value: "1" }],
      ),
    },
    initContainers: mostly<Json[] | undefined>(undefined, [
      { ...randomContainer("init", 82), livenessProbe: undefined },
      sidecar(),
    ]),
    containers:
      random() < 0.5
        ? [randomContainer("main", 83)]
        : [randomContainer("main", 83), randomContainer("second", 84)],
    volumes: mostly<Json[] | undefined>(
      undefined,
      [{ name: "a", emptyDir: {} }, { name: "b" }],
      [{ name: "a", hostPath: { path: "/" } }],
      [{ name: "a", nfs: { server: "x", path: "/" } }],
    ),
  };
  return { apiVersion: "v1", kind: "Pod", metadata: { name: `pod-${seed}` }, spec };
}
