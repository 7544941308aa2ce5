import type { Field } from "./field";
import type { Pod } from "./pod";
import { podsOf } from "./pod-templates";

/** Where an object was found. Of a cluster, it holds what controllers and defaults added to what was declared. */
export type Source = "pulumi" | "file" | "cluster";

/** A Kubernetes object, wherever it comes from. */
export class KubernetesObject {
  readonly isPatch: boolean;
  readonly source: Source;
  readonly metadata: Field;
  readonly name: string;
  readonly namespace: string;
  /** As in `apps`; empty for the core group. */
  readonly group: string;
  /** Whether it is of Kubernetes itself, so that its kind says all about its form. */
  readonly isBuiltIn: boolean;
  private foundPods?: readonly Pod[];

  constructor(
    /** As in `apps/v1`; `v1` is the core group. */
    readonly apiVersion: string,
    readonly kind: string,
    readonly body: Field,
    options: { readonly fallbackName?: string; readonly isPatch?: boolean; readonly source?: Source } = {},
  ) {
    this.metadata = body.at("metadata");
    this.group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
    this.isBuiltIn = builtInGroups.has(this.group);
    this.isPatch = options.isPatch ?? false;
    this.source = options.source ?? "file";
    const [name, generateName] = [this.metadata.at("name"), this.metadata.at("generateName")];
    this.name = name.text ?? generateName.text ?? options.fallbackName ?? "";
    const namespace = this.metadata.at("namespace");
    // Objects whose namespace is only known later are most likely together in one.
    this.namespace = namespace.isUnknown ? "(not known before up)" : (namespace.text ?? "default");
  }

  /** One of Kubernetes' own by its name, another with its group: `monitoring.coreos.com/PodMonitor`. */
  get qualifiedKind(): string {
    return this.isBuiltIn ? this.kind : `${this.group}/${this.kind}`;
  }

  get isNamespaced(): boolean {
    return !clusterScoped.has(this.kind);
  }

  /** As in `Deployment shop/web`. */
  get label(): string {
    return `${this.kind} ${this.isNamespaced ? `${this.namespace}/` : ""}${this.name}`;
  }

  /** The pods that it describes, walked once for all rules. */
  get pods(): readonly Pod[] {
    this.foundPods ??= podsOf(this);
    return this.foundPods;
  }
}

const builtInGroups = new Set([
  "",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "extensions",
  "flowcontrol.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
]);

const clusterScoped = new Set([
  "APIService",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "CSIDriver",
  "CustomResourceDefinition",
  "FlowSchema",
  "IngressClass",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
  "GatewayClass",
  "ClusterIssuer",
  "ClusterSecretStore",
]);
