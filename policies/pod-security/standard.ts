import type { Standard } from "../rule";

/** A control of the Pod Security Standards, named as they name it. */
export function podSecurityStandard(level: "baseline" | "restricted", control: string): Standard {
  return {
    name: "Pod Security Standards",
    level,
    control,
    url: `https://kubernetes.io/docs/concepts/security/pod-security-standards/#${level}`,
  };
}
