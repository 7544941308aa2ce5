import { describe, expect, test } from "vitest";
import { container, findings, type Json, pod, podSpec, podSpecWith, told } from "./objects";

const violations = (where: string, value: unknown) => told(findings(pod(podSpecWith(where, value))));

/** The container lists, each with a position in it and that container's place in a message. */
const positions = [
  ["initContainers.0", "spec.initContainers[0](first)"],
  ["initContainers.1", "spec.initContainers[1](sidecar)"],
  ["containers.0", "spec.containers[0](main)"],
  ["containers.1", "spec.containers[1](second)"],
  ["ephemeralContainers.0", "spec.ephemeralContainers[0](debugger)"],
] as const;

test("a pod that satisfies every rule is let through", () => {
  expect(violations("terminationGracePeriodSeconds", 30)).toEqual([]);
});

describe.each(positions)("in %s", (at, place) => {
  test.each([
    ["run-as-non-root", "securityContext.runAsNonRoot", false, "is false"],
    ["run-as-non-root", "securityContext.runAsNonRoot", "true", 'is "true"'],
    ["run-as-user", "securityContext.runAsUser", 0, "is 0"],
    ["privileged", "securityContext.privileged", true, "is true"],
    ["allow-privilege-escalation", "securityContext.allowPrivilegeEscalation", true, "is true"],
    ["allow-privilege-escalation", "securityContext.allowPrivilegeEscalation", undefined, "is not set"],
    ["capabilities", "securityContext.capabilities.drop", undefined, "is not set"],
    ["capabilities", "securityContext.capabilities.drop", ["NET_RAW"], 'is ["NET_RAW"]'],
    ["seccomp-profile", "securityContext.seccompProfile.type", "Unconfined", 'is "Unconfined"'],
    ["app-armor-profile", "securityContext.appArmorProfile.type", "Unconfined", 'is "Unconfined"'],
    ["se-linux-options", "securityContext.seLinuxOptions.type", "spc_t", 'is "spc_t"'],
    ["se-linux-options", "securityContext.seLinuxOptions.user", "root", 'is "root"'],
    ["proc-mount", "securityContext.procMount", "Unmasked", 'is "Unmasked"'],
    ["windows-host-process", "securityContext.windowsOptions.hostProcess", true, "is true"],
    ["host-probes", "livenessProbe.httpGet.host", "10.0.0.1", 'is "10.0.0.1"'],
    ["host-probes", "lifecycle.preStop.tcpSocket.host", "10.0.0.1", 'is "10.0.0.1"'],
  ])("%s refuses %s: %j", (rule, field, value, shown) => {
    expect(violations(`${at}.${field}`, value)).toEqual([`${rule}: ${place}.${field} ${shown}`]);
  });

  test("capabilities refuses to add any but NET_BIND_SERVICE", () => {
    expect(violations(`${at}.securityContext.capabilities.add`, ["NET_BIND_SERVICE", "SYS_ADMIN"])).toEqual([
      `capabilities: ${place}.securityContext.capabilities.add[1] is "SYS_ADMIN"`,
    ]);
  });

  test("host-ports refuses a port of the node", () => {
    expect(violations(`${at}.ports`, [{ containerPort: 80 }, { name: "web", hostPort: 80 }])).toEqual([
      `host-ports: ${place}.ports[1](web).hostPort is 80`,
    ]);
  });

  test("an empty or null security context sets nothing", () => {
    for (const empty of [{}, null]) {
      const found = violations(`${at}.securityContext`, empty).join("\n");
      expect(found).toContain(`${place}.securityContext.allowPrivilegeEscalation is not set`);
      expect(found).toContain(`${place}.securityContext.capabilities.drop is not set`);
    }
  });
});

describe.each(positions.slice(0, 4))("the resources of %s", (at, place) => {
  const resources = (value: unknown) =>
    violations(`${at}.resources`, value).map((each) => each.replace(`${place}.resources`, "…"));

  test.each([undefined, null, {}, { claims: [] }])("must not be %j", (value) => {
    expect(resources(value)).toEqual([
      "resource-limits: ….limits.cpu is not set",
      "resource-limits: ….limits.memory is not set",
      "resource-requests: ….requests.cpu is not set",
      "resource-requests: ….requests.memory is not set",
    ]);
  });

  test("need limits even where there are requests", () => {
    expect(resources({ requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: 1 } })).toEqual([
      "resource-limits: ….limits.memory is not set",
    ]);
  });

  test("take their requests from their limits", () => {
    expect(resources({ limits: { cpu: 0.5, memory: "1Gi" } })).toEqual([]);
  });

  test.each(["0", 0, "0Mi", "0.0", "", "much", "-1"])("are not bounded by %j", (quantity) => {
    expect(
      resources({ requests: { cpu: "1m", memory: "1" }, limits: { cpu: "1", memory: quantity } }),
    ).toEqual([
      `resource-limits: ….limits.memory is ${JSON.stringify(quantity)}`,
      ...(quantity === "much" || quantity === "" || quantity === "-1"
        ? []
        : [`requests-within-limits: ….requests.memory is "1"`]),
    ]);
  });

  test("refuse a request of zero, which a limit does not stand in for", () => {
    expect(resources({ requests: { cpu: "0" }, limits: { cpu: "1", memory: "1Gi" } })).toEqual([
      'resource-requests: ….requests.cpu is "0"',
    ]);
  });

  test("refuse a request above its limit, whatever the units", () => {
    const value = { requests: { cpu: "1.5", memory: "1Gi" }, limits: { cpu: "1000m", memory: "1073741824" } };
    expect(resources(value)).toEqual(['requests-within-limits: ….requests.cpu is "1.5"']);
  });
});

describe("the pod's own resources", () => {
  const bounded = { limits: { cpu: "1", memory: "1Gi" } };

  test("bound the containers that have none", () => {
    const spec = podSpec({ resources: bounded, containers: [container({ resources: undefined })] });
    expect(told(findings(pod(spec)))).toEqual([]);
  });

  test("do not mend a container's own zero", () => {
    const spec = podSpec({
      resources: bounded,
      containers: [container({ resources: { limits: { cpu: "0" } } })],
    });
    expect(told(findings(pod(spec)))).toEqual([
      'resource-limits: spec.containers[0](main).resources.limits.cpu is "0"',
      'resource-requests: spec.containers[0](main).resources.limits.cpu is "0"',
    ]);
  });
});

describe("settings of the pod", () => {
  test.each([
    ["run-as-non-root", "securityContext.runAsNonRoot", false, "is false"],
    ["run-as-user", "securityContext.runAsUser", 0, "is 0"],
    ["seccomp-profile", "securityContext.seccompProfile.type", "Unconfined", 'is "Unconfined"'],
    ["app-armor-profile", "securityContext.appArmorProfile.type", "Unconfined", 'is "Unconfined"'],
    ["se-linux-options", "securityContext.seLinuxOptions.role", "sysadm_r", 'is "sysadm_r"'],
    ["windows-host-process", "securityContext.windowsOptions.hostProcess", true, "is true"],
    ["host-namespaces", "hostNetwork", true, "is true"],
    ["host-namespaces", "hostPID", true, "is true"],
    ["host-namespaces", "hostIPC", true, "is true"],
  ])("%s refuses %s: %j", (rule, field, value, shown) => {
    expect(violations(field, value)).toEqual([`${rule}: spec.${field} ${shown}`]);
  });

  test("runAsNonRoot must come from the pod or from each container", () => {
    const nonRoot = { securityContext: { ...(container().securityContext as Json), runAsNonRoot: true } };
    const unset = { seccompProfile: { type: "RuntimeDefault" } };
    const each = podSpec({ securityContext: unset, containers: [container(nonRoot)] });
    expect(told(findings(pod(each)))).toEqual([]);
    const some = podSpec({
      securityContext: unset,
      initContainers: [container({ name: "migrate" })],
      containers: [container(nonRoot)],
    });
    expect(told(findings(pod(some)))).toEqual([
      "run-as-non-root: spec.initContainers[0](migrate).securityContext.runAsNonRoot is not set",
    ]);
  });

  test("a root user of the pod is refused even where every container has another", () => {
    const other = { securityContext: { ...(container().securityContext as Json), runAsUser: 1000 } };
    const root = { runAsNonRoot: true, runAsUser: 0, seccompProfile: { type: "Localhost" } };
    expect(told(findings(pod(podSpec({ securityContext: root, containers: [container(other)] }))))).toEqual([
      "run-as-user: spec.securityContext.runAsUser is 0",
    ]);
  });

  test("sysctls refuses those that reach beyond the pod", () => {
    const sysctls = [{ name: "net.ipv4.tcp_syncookies" }, { name: "kernel.msgmax", value: "1" }];
    expect(violations("securityContext.sysctls", sysctls)).toEqual([
      'sysctls: spec.securityContext.sysctls[1](kernel.msgmax).name is "kernel.msgmax"',
    ]);
  });

  test("volume-types takes the kinds that stay in the cluster's hands", () => {
    const volumes = [
      { name: "tmp", emptyDir: {} },
      { name: "none" },
      { name: "node", hostPath: { path: "/" } },
    ];
    expect(violations("volumes", volumes)).toEqual(["volume-types: spec.volumes[2](node).hostPath is set"]);
  });

  test("app-armor-profile reads the annotation of older clusters", () => {
    const key = "container.apparmor.security.beta.kubernetes.io/main";
    const object = {
      metadata: { annotations: { [key]: "unconfined", other: "unconfined" } },
      spec: podSpec(),
    };
    expect(told(findings(object))).toEqual([
      `app-armor-profile: metadata.annotations.${key} is "unconfined"`,
    ]);
  });
});

test("a Windows pod is not asked for what only Linux has", () => {
  const bare = { name: "main", resources: { limits: { cpu: "1", memory: "1Gi" } } };
  const spec = podSpec({
    os: { name: "windows" },
    securityContext: { runAsNonRoot: true },
    containers: [bare],
  });
  expect(told(findings(pod(spec)))).toEqual([]);
});
