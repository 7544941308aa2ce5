import * as pulumi from "@pulumi/pulumi";
import { ConfigFiles, type ConfigFilesDeclaration } from "./config-files";
import { Dispatcher, type DispatcherWorkload } from "./dispatcher";
import { type Edge, type Endpoint, isExternal } from "./edge";
import { Ingress, type IngressDeclaration } from "./ingress";
import type { JobTemplateWorkload } from "./job-template";
import { type Home, resourceName } from "./labels";
import { Namespace } from "./namespace";
import { NetworkPolicies } from "./network-policies";
import type { PodSettings } from "./pod-template";
import { generatedPassword, Redis, type RedisWorkload } from "./redis";
import { rolloutWatch } from "./rollout-watch";
import { Secret, type SecretDeclaration } from "./secret";
import { SecretDigest } from "./secret-digest";
import { Service, type ServiceWorkload } from "./service";

/** What runs in a system. */
export type Workload = ServiceWorkload | DispatcherWorkload | RedisWorkload | JobTemplateWorkload;

/** An application as a whole, in one namespace: everything that Muster makes follows from this. */
export interface SystemDeclaration {
  readonly name: string;
  readonly namespace: string;
  readonly imagePullPolicy: PodSettings["imagePullPolicy"];
  readonly imagePullSecrets: readonly string[];
  readonly secrets: readonly SecretDeclaration[];
  readonly files: readonly ConfigFilesDeclaration[];
  /** In the order in which they start: what a workload uses stands before it. */
  readonly workloads: readonly Workload[];
  readonly ingress?: IngressDeclaration;
}

export interface SystemArgs {
  readonly stack: string;
  /** Context of the kubeconfig that the stack goes to. Default: its current context. */
  readonly context?: string;
  readonly declared: SystemDeclaration;
  readonly secrets: {
    /** Values of the secret keys that the operator supplies. */
    readonly values: Readonly<Record<string, string>>;
    /** Keys without a value, for which a placeholder is made: on the local cluster only. */
    readonly missing: readonly string[];
  };
}

/** Everything of one system, made in the order in which it depends on each other. */
export class System extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** Address of the ingress, where there is one. */
  readonly url?: string;
  /** Names of the workloads, in the order in which they start. */
  readonly workloads: readonly string[];

  constructor(
    { stack, context, declared, secrets: given }: SystemArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:System", declared.name, {}, opts);
    const identity = { system: declared.name, stack };
    const namespace = new Namespace(identity, declared.namespace, { parent: this });
    const home: Home = { ...identity, namespace: namespace.name };
    const supplied = { ...given.values, ...this.placeholders(home, given.missing) };
    const passwords = this.passwords(home, declared.workloads);
    const { imagePullPolicy, imagePullSecrets } = declared;
    const settings: PodSettings = {
      imagePullPolicy,
      imagePullSecrets,
      secretDigest: this.secretDigest(home),
      watch: rolloutWatch(resourceName(home, "rollout"), context),
    };
    const secrets = declared.secrets.map((each) => {
      const secret = new Secret(home, { declared: each, supplied, passwords }, { parent: this });
      settings.secretDigest.add(each.name, secret.values);
      return secret;
    });
    const files = declared.files.map((each) => new ConfigFiles(home, each, { parent: this }));
    const network = new NetworkPolicies(
      home,
      {
        workloads: declared.workloads,
        exposed: declared.ingress && {
          workload: declared.ingress.to,
          controllerNamespace: declared.ingress.controllerNamespace,
        },
      },
      { parent: this },
    );
    const started = new Map<Edge, pulumi.Resource>();
    for (const workload of declared.workloads) {
      const used = workload.uses.flatMap((edge) =>
        isExternal(edge) ? [] : mustHave(started, edge, workload),
      );
      const opts = { parent: this, dependsOn: [...secrets, ...files, network, ...used] };
      if (workload.kind === "redis") {
        started.set(workload, new Redis(home, settings, workload, passwords[workload.name]!, opts));
      } else if (workload.kind === "service") {
        started.set(workload, new Service(home, settings, workload, opts));
      } else if (workload.kind === "dispatcher") {
        started.set(workload, new Dispatcher(home, settings, workload, opts));
      }
    }
    if (declared.ingress) {
      new Ingress(home, declared.ingress, { parent: this, dependsOn: [started.get(declared.ingress.to)!] });
      this.url = `${declared.ingress.tls ? "https" : "http"}://${declared.ingress.host}`;
    }
    this.namespace = namespace.name;
    this.workloads = declared.workloads.map((each) => each.name);
    this.registerOutputs({ namespace: this.namespace, url: this.url, workloads: this.workloads });
  }

  private passwords(home: Home, workloads: readonly Workload[]): Record<string, pulumi.Output<string>> {
    const redises = workloads.filter((workload): workload is RedisWorkload => workload.kind === "redis");
    return Object.fromEntries(
      redises.map((each) => [each.name, generatedPassword(resourceName(home, each.name), { parent: this })]),
    );
  }

  private placeholders(home: Home, missing: readonly string[]): Record<string, pulumi.Output<string>> {
    if (missing.length === 0) return {};
    pulumi.log.info(`placeholders stand for secrets without a value: ${missing.join(", ")}`, this);
    const unique = generatedPassword(resourceName(home, "placeholder"), { parent: this });
    return Object.fromEntries(missing.map((key) => [key, pulumi.interpolate`placeholder-${key}-${unique}`]));
  }

  private secretDigest(home: Home): SecretDigest {
    return new SecretDigest(generatedPassword(resourceName(home, "digest-key"), { parent: this }));
  }
}

function mustHave(
  started: ReadonlyMap<Edge, pulumi.Resource>,
  used: Endpoint,
  user: Workload,
): pulumi.Resource {
  const found = started.get(used);
  if (found) return found;
  throw new Error(`${user.name} uses ${used.name}, which has to stand before it in the system's workloads.`);
}
