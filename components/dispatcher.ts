import { rbac } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { dependencies } from "./dependencies";
import { JobAdmission } from "./job-admission";
import { JobCompletion } from "./job-completion";
import { JobTemplate, type JobTemplateWorkload, jobManifest, jobTemplateFile } from "./job-template";
import { labels, resourceName } from "./labels";
import { Service, type ServiceArgs, type ServiceDeclaration } from "./service";
import { accountName } from "./service-account";

/** A service that creates Jobs at run time, from a template that Muster owns. */
export interface DispatcherDeclaration<Port extends string = string> extends ServiceDeclaration<Port> {
  /** The Job that it creates. By itself that opens no network: where the two talk, one of them `uses` the other. */
  readonly spawns: JobTemplateWorkload;
  /** What it may do in its namespace, and nothing else. */
  readonly may: readonly Permission[];
}

export interface DispatcherWorkload<Port extends string = string> extends DispatcherDeclaration<Port> {
  readonly kind: "dispatcher";
}

/** A declared dispatcher, whose ports are typed as those of a service. */
export function dispatcherWorkload<Port extends string>(
  declared: DispatcherDeclaration<Port>,
): DispatcherWorkload<Port> {
  return { kind: "dispatcher", ...declared };
}

/** Verbs on resources of one API group, as a Role writes them. Whatever is not listed is denied. */
export interface Permission {
  /** `""` is the core group. */
  readonly apiGroup: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** Where a dispatcher finds the Job that it creates: `job.json` in this directory. */
export const jobTemplatePath = "/etc/muster/job-template";

/** The Service of a dispatcher, the Role that lets it create Jobs, and the template of those Jobs. */
export class Dispatcher extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: ServiceArgs<DispatcherWorkload>,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("muster:index:Dispatcher", name, {}, opts);
    const { system, declared } = args;
    const { spawns } = declared;
    const manifest = jobManifest(system, spawns);
    const file = jobTemplateFile(spawns, manifest);
    const template = new JobTemplate(
      resourceName(system, spawns.name),
      { system, declared: spawns, manifest, file },
      { parent: this },
    );
    const admission = system.admissionPolicies
      ? [
          new JobAdmission(
            resourceName(system, `${declared.name}-jobs`),
            { system, dispatcher: declared, job: manifest },
            { parent: this },
          ),
          ...(system.mutatingPolicyApi
            ? [
                new JobCompletion(
                  resourceName(system, `${declared.name}-jobs-completed`),
                  {
                    system,
                    api: system.mutatingPolicyApi,
                    dispatcher: declared,
                    job: manifest,
                  },
                  { parent: this },
                ),
              ]
            : []),
        ]
      : [];
    const metadata = {
      name: declared.name,
      namespace: system.namespace,
      labels: labels(system, declared),
    };
    const role = new rbac.v1.Role(
      name,
      {
        metadata,
        rules: declared.may.map(({ apiGroup, resources, verbs }) => ({
          apiGroups: [apiGroup],
          resources: [...resources],
          verbs: [...verbs],
        })),
      },
      { parent: this },
    );
    const binding = new rbac.v1.RoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: declared.name },
        subjects: [{ kind: "ServiceAccount", name: accountName(declared), namespace: system.namespace }],
      },
      { parent: this, dependsOn: role },
    );
    const mount = { path: jobTemplatePath, from: file };
    new Service(
      name,
      { ...args, declared: { ...declared, mounts: [...(declared.mounts ?? []), mount] } },
      // The Role comes first: a dispatcher that may not create Jobs yet would start by failing. So do its bounds.
      {
        parent: this,
        dependsOn: [...dependencies(opts), template, ...admission, binding],
      },
    );
    this.registerOutputs({ name: declared.name, spawns: spawns.name });
  }
}
