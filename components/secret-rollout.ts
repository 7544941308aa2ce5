import { batch, rbac } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { SystemGraph } from "./declaration";
import { dependencies } from "./dependencies";
import { kubernetesApi } from "./edge";
import { externalKeys } from "./external-secret";
import { labels, type SystemInstance } from "./labels";
import { type PodDeclaration, type PodOptions, podOptions, podTemplate, secretsRead } from "./pod-template";
import type { ExternalSource } from "./secret-sources";
import { serviceAccount } from "./service-account";

export interface SecretRolloutArgs extends SecretRolloutDeclaration {
  readonly system: SystemInstance;
}

export interface SecretRolloutDeclaration extends Pick<PodOptions, "imagePullSecrets" | "placement"> {
  /** An image with kubectl and a shell. */
  readonly image: string;
  /** The Secrets that the External Secrets Operator writes, and the Deployments that read keys of its. */
  readonly readers: Readonly<Record<string, readonly string[]>>;
}

/** Who reads what the operator brings, and has to be rolled after it has changed; undefined where nobody does. */
export function rolloutArgs(
  { secrets, workloads, imagePullSecrets, placement }: SystemGraph,
  { keys, kubectlImage }: ExternalSource,
): SecretRolloutDeclaration | undefined {
  const readers = secrets.flatMap((secret) => {
    const brought = externalKeys(secret, keys);
    const names = workloads.flatMap((workload) => {
      if (workload.kind !== "service" && workload.kind !== "worker" && workload.kind !== "dispatcher")
        return [];
      const read = secretsRead(workload).filter(({ name, key }) => name === secret.name && key in brought);
      return read.length > 0 ? workload.name : [];
    });
    return names.length > 0 ? [[secret.name, names] as const] : [];
  });
  return readers.length > 0
    ? { image: kubectlImage, readers: Object.fromEntries(readers), imagePullSecrets, placement }
    : undefined;
}

/** The pods of the roll-out, as the network knows them too. */
export function secretRollout({ image, readers, ...pods }: SecretRolloutDeclaration): PodDeclaration {
  return {
    name: "secret-rollout",
    image,
    user: 65534,
    command: ["sh", "-ec", script(readers)],
    // kubectl keeps what it learns of the API server there.
    environment: { HOME: "/tmp" },
    writable: { "/tmp": "16Mi" },
    resources: {
      requests: { cpu: "10m", memory: "64Mi" },
      limits: { cpu: "500m", memory: "128Mi" },
    },
    uses: [kubernetesApi],
    ...podOptions(pods),
  };
}

/**
 * Rolls the readers of a Secret after the External Secrets Operator has changed it, which no `up` sees: a CronJob
 * that looks every five minutes. It keeps no state, so that it can miss a run and start anew at any time: what the
 * operator wrote after the newest ReplicaSet of a Deployment was made, its pods may not have.
 */
export class SecretRollout extends pulumi.ComponentResource {
  constructor(name: string, args: SecretRolloutArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("muster:index:SecretRollout", name, {}, opts);
    const { system, readers } = args;
    const declared = secretRollout(args);
    const account = serviceAccount(name, { system, declared }, { parent: this });
    const metadata = { name: declared.name, namespace: system.namespace, labels: labels(system, declared) };
    const secrets = Object.keys(readers);
    const deployments = [...new Set(Object.values(readers).flat())];
    const role = new rbac.v1.Role(
      name,
      {
        metadata,
        rules: [
          { apiGroups: [""], resources: ["secrets"], resourceNames: secrets, verbs: ["get"] },
          { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["list"] },
          {
            apiGroups: ["apps"],
            resources: ["deployments"],
            resourceNames: deployments,
            verbs: ["get", "patch"],
          },
        ],
      },
      { parent: this },
    );
    const binding = new rbac.v1.RoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: declared.name },
        subjects: [{ kind: "ServiceAccount", name: declared.name, namespace: system.namespace }],
      },
      { parent: this, dependsOn: [account, role] },
    );
    const template = podTemplate(system, declared);
    new batch.v1.CronJob(
      name,
      {
        metadata: { ...metadata, labels: labels(system, declared, declared.image) },
        spec: {
          schedule: "*/5 * * * *",
          concurrencyPolicy: "Forbid",
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 1,
          jobTemplate: {
            spec: {
              // The next run is the next try.
              backoffLimit: 0,
              activeDeadlineSeconds: 120,
              template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } },
            },
          },
        },
      },
      { parent: this, dependsOn: [binding, ...dependencies(opts)] },
    );
    this.registerOutputs({ schedule: "*/5 * * * *", deployments });
  }
}

// What kubectl does in its own name, Pulumi undoes with the next change of the Deployment, and its pods roll once more.
// The newest of two times in RFC 3339 is the last of them sorted. Of the same second, the pods may be the older.
const rollIfOlder = `
roll() {
  made=$(kubectl get replicasets --selector "app.kubernetes.io/name=$2" --sort-by .metadata.creationTimestamp --output 'jsonpath={.items[-1:].metadata.creationTimestamp}')
  written=$(kubectl get secret "$1" --output "jsonpath={.metadata.managedFields[?(@.manager=='externalsecrets.external-secrets.io/$1')].time}")
  newest=$(printf '%s\\n' "$made" "$written" | sort | tail -n 1)
  if [ -n "$made" ] && [ "$newest" = "$written" ]; then kubectl rollout restart deployment "$2" --field-manager secret-rollout; fi
}
`.trim();

function script(readers: SecretRolloutDeclaration["readers"]): string {
  const calls = Object.entries(readers).flatMap(([secret, deployments]) =>
    deployments.map((deployment) => `roll ${secret} ${deployment}`),
  );
  return [rollIfOlder, ...calls].join("\n");
}
