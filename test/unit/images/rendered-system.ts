import type { DeclaredResource } from "../../../components/declared-resource";
import type { PostgresqlWorkload } from "../../../components/postgresql";
import { composed, originOf } from "../../../components/secret";
import type { DeclaredSystem } from "../../../systems";
import type { KubernetesObject } from "../../harness/kubernetes";
import { resourcesOf } from "../shipped-stack";

/** Kubernetes' own fields, as the rendered objects have them. */
export type Template = {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  // biome-ignore lint/suspicious/noExplicitAny: as in test/harness/kubernetes.ts, tests read what they know is there
  readonly spec: any;
};

/** The objects that a system becomes, with values in place of its secrets. */
export class RenderedSystem {
  /** @param stored Values that a store keeps, by the system's key. */
  static async of(
    system: DeclaredSystem,
    stack: string,
    stored: Readonly<Record<string, string>> = {},
  ): Promise<RenderedSystem> {
    return new RenderedSystem(system, await resourcesOf(system, stack), stored);
  }

  private constructor(
    readonly system: DeclaredSystem,
    resources: readonly DeclaredResource[],
    private readonly stored: Readonly<Record<string, string>>,
  ) {
    this.objects = resources
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ inputs }) => inputs as unknown as KubernetesObject);
  }

  readonly objects: readonly KubernetesObject[];

  get namespace(): string {
    return this.system.declared.namespace;
  }

  object(kind: string, name: string): KubernetesObject {
    const found = this.objects.find((each) => each.kind === kind && each.metadata.name === name);
    if (!found) throw new Error(`${this.namespace} has no ${kind} ${name}`);
    return found;
  }

  /** The pod template of a Deployment, a StatefulSet, a Job or a Job template. */
  template(name: string): Template {
    const kinds = ["Deployment", "StatefulSet", "Job", "PodTemplate"];
    const templates = this.objects.filter(({ kind }) => kinds.includes(kind));
    const found =
      templates.find(({ metadata }) => metadata.name === name) ??
      // A Job's name ends with a digest.
      templates.find(({ metadata }) => metadata.name?.startsWith(`${name}-`));
    if (!found) throw new Error(`nothing in ${this.namespace} makes pods ${name}`);
    return found.spec?.template ?? found.template;
  }

  /** Text of a ConfigMap by its keys. */
  configMap(name: string): Readonly<Record<string, string>> {
    return this.object("ConfigMap", name).data;
  }

  /** Values of a Secret by its keys; a key that nobody supplied is not there. */
  secret(name: string): Readonly<Record<string, string>> {
    const declared = this.system.declared.secrets.find((each) => each.name === name);
    // That of a Redis or a PostgreSQL, with a generated password.
    if (!declared) return { password: generatedPassword(name) };
    const entries = Object.entries(declared.keys).flatMap(([key, value]) => {
      const { from, text } = originOf(key, value);
      const known = "password" in from ? generatedPassword(from.password) : this.supplied(from.supplied);
      if (known === undefined) return [];
      return [[key, text ? composed(text, known, this.login(text.loginOf)) : known] as const];
    });
    return Object.fromEntries(entries);
  }

  /** Of a PostgreSQL before its first rotation. */
  private login(server: string | undefined): string | undefined {
    const postgresql = this.system.declared.workloads.find(
      (each): each is PostgresqlWorkload => each.kind === "postgresql" && each.name === server,
    );
    return postgresql?.user;
  }

  private supplied(key: string): string | undefined {
    const { values, external, onepassword, generated } = this.system.secrets;
    if (values[key] !== undefined) return values[key];
    if (generated[key]) return "g".repeat(generated[key]);
    const isStored = key in { ...external?.keys, ...onepassword?.keys };
    return isStored ? (this.stored[key] ?? `stored-${key}`) : undefined;
  }
}

/** What stands for the generated password of a server: letters and digits, as they are. */
function generatedPassword(server: string): string {
  return `Generated0Of0${server.replaceAll("-", "0")}`;
}
