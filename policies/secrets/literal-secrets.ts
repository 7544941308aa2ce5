import type { Field } from "../field";
import { cis, kubernetes } from "../references";
import type { Report, Rule } from "../rule";
import { secretIn, secretNamed } from "./secret-shapes";

export const literalSecrets: Rule = {
  id: "literal-secrets",
  title:
    "No secret may stand where everybody reads who may look at the object: in variables, arguments, ConfigMaps or annotations.",
  severity: "critical",
  references: [
    kubernetes("Good practices for Kubernetes Secrets", "concepts/security/secrets-good-practices/"),
    cis("5.4.1", "Prefer using Secrets as files over Secrets as environment variables"),
  ],
  mend: "Put it into a Secret, and refer to that by valueFrom.secretKeyRef or a volume. Take it for known: make another.",
  checkObject({ kind, body, metadata, isBuiltIn }, report) {
    for (const [key, field] of metadata.at("annotations").entries()) {
      // What kubectl applied stands in the object itself, too.
      if (key !== "kubectl.kubernetes.io/last-applied-configuration") checkText(field, report);
    }
    if (kind !== "ConfigMap" || !isBuiltIn) return;
    for (const [key, field] of body.at("data").entries()) checkNamed(key, field, report);
  },
  checkPod(pod, report) {
    for (const [, field] of pod.metadata.at("annotations").entries()) checkText(field, report);
  },
  checkContainer({ field }, report) {
    for (const variable of field.at("env").items()) {
      checkNamed(variable.at("name").text ?? "", variable.at("value"), report);
    }
    for (const word of [...field.at("command").items(), ...field.at("args").items()]) checkText(word, report);
    for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) {
      for (const header of field.at(probe, "httpGet", "httpHeaders").items()) {
        checkNamed(header.at("name").text ?? "", header.at("value"), report);
      }
    }
  },
};

/** A value with a name, which may say what the value does not. */
function checkNamed(name: string, field: Field, report: Report) {
  const why = secretIn(field.text) ?? (secretNamed(name, field.text) ? `${name} names a secret` : undefined);
  if (why !== undefined) report(field.hidden(), why);
}

function checkText(field: Field, report: Report) {
  const why = secretIn(field.text);
  if (why !== undefined) report(field.hidden(), why);
}
