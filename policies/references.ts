/** Where a rule stems from. */
export interface Reference {
  /** The standard or the documentation, with its level or version where it has one. */
  readonly standard: string;
  /** The requirement's name in it. */
  readonly control: string;
  readonly url: string;
}

/** A control of the Pod Security Standards, named as they name it. */
export function podSecurityStandard(level: "baseline" | "restricted", control: string): Reference {
  const url = `https://kubernetes.io/docs/concepts/security/pod-security-standards/#${level}`;
  return { standard: `Pod Security Standards, ${level}`, control, url };
}

/** A recommendation of section 5 of the CIS Kubernetes Benchmark, in the numbering of 1.10. */
export function cis(number: string, control: string): Reference {
  const url = "https://www.cisecurity.org/benchmark/kubernetes";
  return { standard: "CIS Kubernetes Benchmark 1.10", control: `${number} ${control}`, url };
}

/** A section of the Kubernetes Hardening Guidance of NSA and CISA, 1.2. */
export function nsa(control: string): Reference {
  const url =
    "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF";
  return { standard: "NSA/CISA Kubernetes Hardening Guidance 1.2", control, url };
}

/** A page of Kubernetes' own documentation, by its path. */
export function kubernetes(control: string, path: string): Reference {
  return { standard: "Kubernetes", control, url: `https://kubernetes.io/docs/${path}` };
}
