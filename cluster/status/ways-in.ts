import type { KubernetesObject } from "../api-server";
import type { NamespaceObjects } from "./namespace-objects";
import type { State } from "./state";

/** Hosts by which a system is reached, through one Ingress or HTTPRoute. */
export interface WayIn {
  readonly kind: string;
  readonly name: string;
  readonly state: State;
  readonly hosts: readonly string[];
  /** Where its controller says that it is reached; not every one says so. */
  readonly address?: string;
  readonly certificates: readonly CertificateStatus[];
  /** What its controller says is wrong. */
  readonly problems: readonly string[];
}

export interface CertificateStatus {
  /** Of the Secret that holds it. */
  readonly name: string;
  readonly state: State;
  /** When it ends, where cert-manager looks after it. */
  readonly until?: string;
  readonly message?: string;
}

/** `expectsCertificates`: a local cluster has nobody who would issue them. */
export function waysIn(objects: NamespaceObjects, { expectsCertificates = true } = {}): WayIn[] {
  return [
    ...objects.of("Ingress").map((ingress) => throughIngress(ingress, objects, expectsCertificates)),
    ...objects.of("HTTPRoute").map(throughGateway),
  ];
}

function throughIngress(
  { metadata, spec, status }: KubernetesObject,
  objects: NamespaceObjects,
  expectsCertificates: boolean,
): WayIn {
  const entries: readonly { hosts?: readonly string[]; secretName?: string }[] = spec?.tls ?? [];
  const names = [...new Set(entries.flatMap(({ secretName }) => secretName ?? []))];
  const certificates = names
    .map((name) => certificate(name, objects))
    .filter(({ state }) => expectsCertificates || state === "well");
  const [first] = status?.loadBalancer?.ingress ?? [];
  return {
    kind: "Ingress",
    name: metadata.name,
    state: certificates.find(({ state }) => state !== "well")?.state ?? "well",
    hosts: (spec?.rules ?? []).flatMap(({ host }: { host?: string }) => host ?? []),
    address: first?.hostname ?? first?.ip,
    certificates,
    problems: [],
  };
}

function certificate(name: string, { of, unread }: NamespaceObjects): CertificateStatus {
  const looked = of("Certificate").find(({ spec }) => spec?.secretName === name);
  if (looked) {
    const ready = looked.status?.conditions?.find(({ type }: { type: string }) => type === "Ready");
    const until = looked.status?.notAfter;
    if (ready?.status === "True") return { name, state: "well", until };
    return { name, state: ready ? "not well" : "working", until, message: ready?.message };
  }
  if (unread.includes("Secret") || of("Secret").some(({ metadata }) => metadata.name === name))
    return { name, state: "well" };
  return { name, state: "not well", message: `there is no Secret ${name}: nobody has issued it` };
}

interface RouteParent {
  readonly parentRef: { readonly name: string };
  readonly conditions?: readonly { type: string; status: string; message: string }[];
}

function throughGateway({ metadata, spec, status }: KubernetesObject): WayIn {
  const parents: readonly RouteParent[] = status?.parents ?? [];
  const problems = parents.flatMap(({ parentRef, conditions = [] }) =>
    conditions
      .filter(({ status }) => status === "False")
      .map(({ type, message }) => `Gateway ${parentRef.name}, ${type}: ${message}`),
  );
  return {
    kind: "HTTPRoute",
    name: metadata.name,
    state: problems.length > 0 ? "not well" : parents.length === 0 ? "working" : "well",
    hosts: spec?.hostnames ?? [],
    certificates: [],
    problems: parents.length === 0 ? ["no Gateway has taken it up"] : problems,
  };
}
