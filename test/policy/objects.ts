import { examine, type Finding, shownFinding } from "../../policies/examine";
import { Field } from "../../policies/field";
import { Resource } from "../../policies/resource";
import { rules } from "../../policies/rules";
import { settingsOf } from "../../policies/settings";

export type Json = Record<string, unknown>;

export const allRules = Object.values(rules).flat();

/** A container that satisfies every rule, changed as a test needs it. */
export function container(changes: Json = {}): Json {
  return {
    name: "main",
    image: "registry.example/main:1",
    resources: { limits: { cpu: "500m", memory: "64Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    ...changes,
  };
}

/** A pod spec that satisfies every rule. */
export function podSpec(changes: Json = {}): Json {
  return {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container()],
    ...changes,
  };
}

/** Where `where` leads from a compliant pod spec, set to `value`; numbers are positions in lists. */
export function podSpecWith(where: string, value: unknown): Json {
  const spec = podSpec({
    initContainers: [container({ name: "first" }), container({ name: "sidecar", restartPolicy: "Always" })],
    containers: [container(), container({ name: "second" })],
    ephemeralContainers: [container({ name: "debugger", resources: undefined })],
  });
  const keys = where.split(".");
  const last = keys.pop()!;
  let inner = spec;
  for (const key of keys) {
    inner[key] ??= {};
    inner = inner[key] as Json;
  }
  inner[last] = value;
  return spec;
}

export const pod = (spec: Json): Json => ({ metadata: { name: "main", namespace: "shop" }, spec });

export function findings(object: Json, { apiVersion = "v1", kind = "Pod", isPatch = false } = {}): Finding[] {
  const type = `kubernetes:${apiVersion}:${kind}${isPatch ? "Patch" : ""}`;
  const resource = new Resource(type, "main", new Field({ ...object, kind }));
  const asked = allRules.filter(({ level }) => level !== "disabled");
  return asked.flatMap((rule) => examine(rule, resource, settingsOf(rule, {})));
}

/** As "run-as-user: spec.securityContext.runAsUser is 0". */
export const told = (found: readonly Finding[]): string[] =>
  found.map((finding) => `${finding.rule.id}: ${shownFinding(finding)}`);
