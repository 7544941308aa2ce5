import type * as k8s from "@pulumi/kubernetes";
import type { ConfigFilesDeclaration } from "./config-files";
import type { Endpoint } from "./edge";
import type { SecretDeclaration } from "./secret";

/**
 * The value of an environment variable: plain text, a field of the pod, a key of one of the system's Secrets,
 * or the generated password of a Redis or PostgreSQL of the system, where it has two that of its application or of its
 * superuser.
 */
export type EnvironmentValue =
  | string
  | { readonly field: "metadata.name" | "metadata.namespace" | "status.podIP" }
  | { readonly secret: SecretDeclaration; readonly key: string }
  | { readonly passwordOf: Endpoint; readonly user?: "application" | "superuser" };

export type Environment = Readonly<Record<string, EnvironmentValue>>;

/** Of which every key becomes an environment variable. */
export type EnvironmentSource = ConfigFilesDeclaration | SecretDeclaration;

/** A key of a Secret as an environment variable. The key is checked by the compiler. */
export function secretKey<S extends SecretDeclaration>(
  secret: S,
  key: keyof S["keys"] & string,
): EnvironmentValue {
  return { secret, key };
}

/** The key of a Secret object that a value is read from; undefined where none is. */
export function secretReference(
  value: EnvironmentValue,
): { name: string; key: string; optional: boolean } | undefined {
  if (typeof value === "string" || "field" in value) return undefined;
  if ("passwordOf" in value) {
    const key = value.user === "superuser" ? "superuser-password" : "password";
    return { name: value.passwordOf.name, key, optional: false };
  }
  const declared = value.secret.keys[value.key]!;
  return { name: value.secret.name, key: value.key, optional: "required" in declared && !declared.required };
}

export function environmentVariables(environment: Environment): k8s.types.input.core.v1.EnvVar[] {
  return Object.entries(environment).map(([name, value]) => {
    if (typeof value === "string") return { name, value };
    if ("field" in value)
      // With what the API server would set: another's apply of the same, such as that after a killed run, conflicts
      // where this is absent.
      return { name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: value.field } } };
    const { name: secret, key, optional } = secretReference(value)!;
    return { name, valueFrom: { secretKeyRef: { name: secret, key, ...(optional ? { optional } : {}) } } };
  });
}

export function environmentSources(
  sources: readonly EnvironmentSource[],
): k8s.types.input.core.v1.EnvFromSource[] {
  return sources.map((source) =>
    "files" in source ? { configMapRef: { name: source.name } } : { secretRef: { name: source.name } },
  );
}
