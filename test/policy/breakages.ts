/** One way to break an object, in one field. */
export interface Breakage {
  readonly what: string;
  /** The kinds that have the field; `pods` are all that hold a pod template. */
  readonly of: string;
  /** Behind a list stands `[]`, for each of its elements. Of `pods`, from the pod's spec, or `metadata` beside it. */
  readonly path: string;
  /** What stands there afterwards; undefined takes the field out. A function is given what stood there. */
  readonly becomes: unknown;
}

const breaks =
  (of: string) =>
  (what: string, path: string, becomes: unknown): Breakage => ({ what, of, path, becomes });

const [pod, deployment, statefulSet, job, cronJob, service] = [
  "pods",
  "Deployment",
  "StatefulSet",
  "Job",
  "CronJob",
  "Service",
].map(breaks) as [Make, Make, Make, Make, Make, Make];
const [policy, ingress, autoscaler, budget, role, binding] = [
  "NetworkPolicy",
  "Ingress",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget",
  "Role",
  "RoleBinding",
].map(breaks) as [Make, Make, Make, Make, Make, Make];
const [account, namespace, configMap, claim, monitor, quota] = [
  "ServiceAccount",
  "Namespace",
  "ConfigMap",
  "PersistentVolumeClaim",
  "ServiceMonitor",
  "ResourceQuota",
].map(breaks) as [Make, Make, Make, Make, Make, Make];

type Make = ReturnType<typeof breaks>;

const misspelt = (value: unknown) => `${value}x`;
// In two parts, so that nobody who looks for secrets in the repository finds it.
const token = ["gh", "p_aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA1cD3fG5"].join("");

/** Single fields of the five systems' objects, broken as people break them. */
export const breakages: readonly Breakage[] = [
  pod("nothing said of root", "securityContext.runAsNonRoot", undefined),
  pod("root allowed", "securityContext.runAsNonRoot", false),
  pod("root", "securityContext.runAsUser", 0),
  pod("no seccomp profile", "securityContext.seccompProfile", undefined),
  pod("no bound on system calls", "securityContext.seccompProfile.type", "Unconfined"),
  pod("a container's root", "containers[].securityContext.runAsUser", 0),
  pod("a container that may be root", "containers[].securityContext.runAsNonRoot", false),
  pod("no security context", "containers[].securityContext", undefined),
  pod("privileged", "containers[].securityContext.privileged", true),
  pod("privilege escalation", "containers[].securityContext.allowPrivilegeEscalation", true),
  pod("escalation left open", "containers[].securityContext.allowPrivilegeEscalation", undefined),
  pod("a writable root", "containers[].securityContext.readOnlyRootFilesystem", false),
  pod("a root left writable", "containers[].securityContext.readOnlyRootFilesystem", undefined),
  pod("all capabilities", "containers[].securityContext.capabilities", undefined),
  pod("a capability", "containers[].securityContext.capabilities.add", ["NET_ADMIN"]),
  pod("an unmasked /proc", "containers[].securityContext.procMount", "Unmasked"),
  pod("the node's network", "hostNetwork", true),
  pod("the node's processes", "hostPID", true),
  pod("the node's memory", "hostIPC", true),
  pod("a directory of the node", "volumes", [{ name: "node", hostPath: { path: "/" } }]),
  pod("a kernel parameter", "securityContext.sysctls", [{ name: "kernel.msgmax", value: "1" }]),
  pod("a port of the node", "containers[].ports[].hostPort", 8080),
  pod("a chosen node", "nodeName", "node-0"),
  pod("every taint tolerated", "tolerations", [{ operator: "Exists" }]),
  pod("a system's priority", "priorityClassName", "system-cluster-critical"),
  pod("a token left to the account", "automountServiceAccountToken", undefined),
  pod("the account that all share", "serviceAccountName", "default"),
  pod("an account that is not there", "serviceAccountName", misspelt),
  pod("no resources", "containers[].resources", undefined),
  pod("no limit of memory", "containers[].resources.limits.memory", undefined),
  pod("no limit of CPU", "containers[].resources.limits.cpu", undefined),
  pod("no limit of local disk", "containers[].resources.limits.ephemeral-storage", undefined),
  pod("a limit of nothing", "containers[].resources.limits.memory", "0"),
  pod("more asked for than allowed", "containers[].resources.requests.memory", "999Gi"),
  pod("a negative request", "containers[].resources.requests.cpu", "-1"),
  pod("no amount", "containers[].resources.limits.memory", "much"),
  pod("no tag", "containers[].image", (image: string) => image.replace(/:[^:/]*$/, "")),
  pod("latest", "containers[].image", (image: string) => image.replace(/:[^:/]*$/, ":latest")),
  pod("no image", "containers[].image", undefined),
  pod("an image that is not there", "containers[].image", misspelt),
  pod("an image only taken to be there", "containers[].imagePullPolicy", "Never"),
  pod("no pull policy of Kubernetes", "containers[].imagePullPolicy", "Sometimes"),
  pod("a readiness probe of no port", "containers[].readinessProbe.httpGet.port", "nosuch"),
  pod("a liveness probe of no port", "containers[].livenessProbe.httpGet.port", "nosuch"),
  pod("a probe of another path", "containers[].readinessProbe.httpGet.path", "/nosuch"),
  pod("a probe that never waits", "containers[].livenessProbe.timeoutSeconds", 0),
  pod("a probe without a question", "containers[].readinessProbe", {}),
  pod("a command that is not there", "containers[].command", ["/nosuch"]),
  pod("a token in a variable", "containers[].env[].value", token),
  pod("a token in an argument", "containers[].args", [`--token=${token}`]),
  pod("a password in a variable", "containers[].env", [{ name: "DB_PASSWORD", value: "hunter22" }]),
  pod("no name of a variable", "containers[].env", [{ name: "A=B", value: "1" }]),
  pod("a key of a Secret that is not there", "containers[].env[].valueFrom.secretKeyRef.key", misspelt),
  pod("a Secret that is not there", "containers[].env[].valueFrom.secretKeyRef.name", misspelt),
  pod("a mount of no volume", "containers[].volumeMounts[].name", misspelt),
  pod("a mount that is not absolute", "containers[].volumeMounts[].mountPath", ""),
  pod("a volume of no ConfigMap", "volumes[].configMap.name", misspelt),
  pod("a volume of no claim", "volumes[].persistentVolumeClaim.claimName", misspelt),
  pod("a volume without an end", "volumes[].emptyDir.sizeLimit", undefined),
  pod("no time to stop", "terminationGracePeriodSeconds", 0),
  pod("no spread over nodes", "topologySpreadConstraints", undefined),
  pod("a field that is none", "containers[].enviroment", [{ name: "A" }]),
  pod("two containers of a name", "containers", (all: object[]) => [...all, all[0]]),
  pod("labels that nobody selects", "metadata.labels", { app: "other" }),

  deployment("no readiness", "spec.template.spec.containers[].readinessProbe", undefined),
  deployment("no liveness", "spec.template.spec.containers[].livenessProbe", undefined),
  deployment("one pod", "spec.replicas", 1),
  deployment("a negative number of pods", "spec.replicas", -1),
  deployment("a roll-out that takes all away", "spec.strategy.rollingUpdate", { maxUnavailable: "100%" }),
  deployment("a selector of others", "spec.selector.matchLabels", { app: "other" }),
  deployment("pods that end", "spec.template.spec.restartPolicy", "Never"),
  statefulSet("a Service that is not there", "spec.serviceName", misspelt),
  statefulSet("a selector of others", "spec.selector.matchLabels", { app: "other" }),
  job("retries without end", "spec.backoffLimit", undefined),
  job("no deadline", "spec.activeDeadlineSeconds", undefined),
  job("pods that go on", "spec.template.spec.restartPolicy", "Always"),
  cronJob("runs over each other", "spec.concurrencyPolicy", "Allow"),
  cronJob("no schedule", "spec.schedule", "every night"),
  cronJob("no deadline", "spec.jobTemplate.spec.activeDeadlineSeconds", undefined),
  cronJob("never", "spec.suspend", true),

  service("a port of each node", "spec.type", "NodePort"),
  service("an address of its own", "spec.type", "LoadBalancer"),
  service("addresses of others", "spec.externalIPs", ["192.0.2.1"]),
  service("no pods", "spec.selector", { app: "other" }),
  service("a port of no container", "spec.ports[].targetPort", "nosuch"),
  service("two ports of one number", "spec.ports", (all: object[]) => [...all, { ...all[0], name: "b" }]),
  policy("no pods", "spec.podSelector", { matchLabels: { app: "other" } }),
  policy("in for all", "spec.ingress", [{}]),
  policy("out to all", "spec.egress", [{}]),
  policy("from nobody", "spec.ingress[].from[].podSelector.matchLabels", { app: "other" }),
  policy("to nobody", "spec.egress[].to[].podSelector.matchLabels", { app: "other" }),
  policy("to the node's metadata", "spec.egress[].to", [{ ipBlock: { cidr: "169.254.169.254/32" } }]),
  policy("no network", "spec.egress[].to", [{ ipBlock: { cidr: "10.0.0.0/99" } }]),
  policy("another port", "spec.ingress[].ports[].port", 9),
  ingress("no TLS", "spec.tls", undefined),
  ingress("to no Service", "spec.rules[].http.paths[].backend.service.name", misspelt),
  ingress("to no port", "spec.rules[].http.paths[].backend.service.port", { number: 9 }),
  ingress("a snippet", "metadata.annotations", { "nginx.ingress.kubernetes.io/server-snippet": "x" }),
  ingress("another host", "spec.rules[].host", "other.example.com"),
  ingress("no class", "spec.ingressClassName", undefined),
  autoscaler("nothing to scale", "spec.scaleTargetRef.name", misspelt),
  autoscaler("less at most than at least", "spec.maxReplicas", 1),
  autoscaler("one pod at least", "spec.minReplicas", 1),
  autoscaler("no measure", "spec.metrics", undefined),
  autoscaler("a measure of what is not asked for", "spec.metrics[].resource.name", "nvidia.com/gpu"),
  budget("no node drains", "spec.maxUnavailable", 0),
  budget("no pods", "spec.selector.matchLabels", { app: "other" }),
  budget("all may go", "spec.maxUnavailable", "100%"),

  role("all verbs", "rules[].verbs", ["*"]),
  role("all resources", "rules[].resources", ["*"]),
  role("all Secrets", "rules", [{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }]),
  role("shells", "rules", [{ apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] }]),
  role("rights of others", "rules", [
    { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["escalate"] },
  ]),
  role("the name of others", "rules", [
    { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
  ]),
  binding("everybody", "subjects", [{ kind: "Group", name: "system:authenticated" }]),
  binding("no role", "roleRef.name", misspelt),
  binding("an account that is not there", "subjects[].name", misspelt),
  account("a token for every pod", "automountServiceAccountToken", true),
  namespace("no standard", "metadata.labels", undefined),
  namespace("no bound", "metadata.labels", { "pod-security.kubernetes.io/enforce": "privileged" }),
  configMap("a token in a file", "data", { "app.conf": `token = ${token}` }),
  claim("one node for all pods", "spec.accessModes", ["ReadWriteOnce"]),
  claim("no amount", "spec.resources.requests.storage", "much"),
  monitor("nothing to ask", "spec.selector.matchLabels", { app: "other" }),
  monitor("no port", "spec.endpoints[].port", misspelt),
  quota("no bound", "spec.hard", undefined),
];

/** What the pack lets through, by who stops it instead, and why not the pack. */
export const letThrough = {
  /** The API server refuses it, in an update's dry run before anything is made: see test/cluster/pod-security.test.ts. */
  byApiServer: [
    "CronJob: no schedule",
    "Deployment: a negative number of pods",
    "Deployment: pods that end",
    "Job: pods that go on",
    "NetworkPolicy: no network",
    "PersistentVolumeClaim: no amount",
    "Service: two ports of one number",
    "pods: a field that is none",
    "pods: a mount of no volume",
    "pods: a mount that is not absolute",
    "pods: a probe without a question",
    "pods: no image",
    "pods: no name of a variable",
    "pods: two containers of a name",
  ],
  /** A rule warns of it. */
  byWarning: ["Deployment: no liveness"],
  /** Declarations name it by the object itself, so that it cannot be misspelt; the pack sees one program of several. */
  byDeclaration: [
    "NetworkPolicy: another port",
    "RoleBinding: an account that is not there", // in another namespace, as that of a store's reader
    "pods: a Secret that is not there",
    "pods: a key of a Secret that is not there",
    "pods: a volume of no ConfigMap",
    "pods: a volume of no claim",
    "pods: an account that is not there",
  ],
  /** Where the pack is silent it does no harm: of what serves nobody, has no token, or is one pod. */
  harmless: [
    "Deployment: a roll-out that takes all away", // as Recreate says already
    "Deployment: no readiness",
    "HorizontalPodAutoscaler: no measure", // then it is CPU, at 80 %
    "HorizontalPodAutoscaler: one pod at least",
    "ServiceAccount: a token for every pod", // which each of the pods refuses
    "pods: a probe that never waits", // 0 is taken for the default, 1 s
    "pods: no spread over nodes",
    "pods: the account that all share",
  ],
  /** Nobody notices before it is applied: operators may want it, or only the image knows. */
  byNobody: [
    "CronJob: never",
    "Ingress: no class",
    "PodDisruptionBudget: all may go",
    "ResourceQuota: no bound",
    "pods: a chosen node",
    "pods: a command that is not there", // the roll-out fails, and the old pods serve on
    "pods: a probe of another path", // so too
    "pods: a system's priority",
    "pods: a volume without an end",
    "pods: an image that is not there", // so too
    "pods: every taint tolerated",
    "pods: no limit of local disk", // `resource-limits` asks for it where the pack's config says so
    "pods: no time to stop",
  ],
} as const;
