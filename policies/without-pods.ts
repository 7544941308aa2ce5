import type { Field } from "./field";

/** Kinds of which nobody makes pods, whatever their fields are called; `*` stands for all of a group. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  "autoscaling.k8s.io": ["*"],
  "cert-manager.io": ["Certificate", "CertificateRequest"],
  "cilium.io": ["*"],
  "constraints.gatekeeper.sh": ["*"],
  "crd.projectcalico.org": ["*"],
  "external-secrets.io": ["*"],
  "gateway.networking.k8s.io": ["*"],
  "keda.sh": ["ClusterTriggerAuthentication", "ScaledObject", "TriggerAuthentication"],
  "monitoring.coreos.com": [
    "AlertmanagerConfig",
    "PodMonitor",
    "Probe",
    "PrometheusRule",
    "ScrapeConfig",
    "ServiceMonitor",
  ],
  "networking.istio.io": ["*"],
  "projectcalico.org": ["*"],
  "security.istio.io": ["*"],
  "snapshot.storage.k8s.io": ["*"],
  "telemetry.istio.io": ["*"],
  "templates.gatekeeper.sh": ["*"],
  "traefik.io": ["*"],
};

/** Parts of other kinds that say what pods of others have to be like. Kyverno's rules may make objects beside. */
const questions: Readonly<Record<string, readonly string[]>> = {
  "kyverno.io": ["validate", "verifyImages"],
};

export function makesNoPods({ group, kind }: { readonly group: string; readonly kind: string }): boolean {
  const listed = kinds[group] ?? [];
  return listed.includes("*") || listed.includes(kind);
}

/** Whether a field of such a group asks something of pods, and describes none. */
export function asksOfPods({ group }: { readonly group: string }, { key }: Field): boolean {
  return questions[group]?.includes(String(key)) ?? false;
}
