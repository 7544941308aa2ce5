import type { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** A resource as a program declares it, before anything of it is made. */
export interface DeclaredResource {
  readonly urn: string;
  /** Type token, such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Name in Pulumi's state. */
  readonly name: string;
  /** Whether a provider makes it; false of a component, which groups others. */
  readonly custom: boolean;
  /** What it is made of. A value that only an update makes known is `unknown`, a secret one `secret`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** URNs that it had before. */
  readonly aliases: readonly string[];
  readonly retainOnDelete: boolean;
}

/** Stands for a value that is not known before an update: a generated password, or what contains one. */
const unknown = "[unknown]";
/** Stands for a value that nothing may show. */
export const secret = "[secret]";

/** Whether something stands in the place of the value itself. */
export function isWithheld(value: unknown): boolean {
  return value === unknown || value === secret;
}

/**
 * What a program would register, in the order in which it does, without an engine: nothing is made and nobody is asked.
 * Outputs that a provider makes up are unknown, as in the preview of a new stack; everything else is as given.
 */
export async function declaredResources(
  { project, stack }: { readonly project: string; readonly stack: string },
  program: () => void,
): Promise<readonly DeclaredResource[]> {
  const recording = withLocalStorage(async () => {
    const recorder = new Recorder(project, stack);
    const store = getStore();
    const settings = { dryRun: true, project, stack, organization: "organization", parallel: 1 };
    Object.assign(store.settings.options, settings);
    Object.assign(store.settings, { monitor: recorder, engine: { log: answered } });
    // Hooks run in an update alone.
    store.callbacks = {
      registerResourceHook: nothing,
      registerErrorHook: nothing,
      awaitStackRegistrations: nothing,
    };
    await awaitFeatureSupport();
    program();
    await waitForRPCs();
    return recorder.resources;
  });
  running.add(recording);
  const resources = await recording.finally(() => running.delete(recording));
  // It watches every promise, of which Pulumi makes dozens for a resource, and would go on to the end of the process.
  // Not after an error: what is left of a program would then go to the real engine.
  if (running.size === 0) (globalThis as unknown as Shared).asyncLocalStorage.disable();
  return resources;
}

const running = new Set<Promise<unknown>>();

/** What the copies of Pulumi's SDK in one process share. */
interface Shared {
  readonly asyncLocalStorage: AsyncLocalStorage<unknown>;
}

// The language host keeps one program's state apart from another's in the same way, for inline programs.
const { withLocalStorage, getStore } = require("@pulumi/pulumi/runtime/state") as {
  withLocalStorage: <T>(run: () => Promise<T>) => Promise<T>;
  getStore: () => { settings: { options: object }; callbacks?: object };
};
const { awaitFeatureSupport, waitForRPCs } = require("@pulumi/pulumi/runtime/settings") as {
  awaitFeatureSupport: () => Promise<void>;
  waitForRPCs: () => Promise<void>;
};
const { RegisterResourceResponse } = require("@pulumi/pulumi/proto/resource_pb");

type Answer<T> = (error: null, response: T) => void;

const answered = (_: unknown, answer: Answer<object>) => answer(null, {});
const nothing = async () => {};

/** What the program takes for the engine. */
class Recorder {
  readonly resources: DeclaredResource[] = [];
  readonly registerResourceOutputs = answered;

  constructor(
    private readonly project: string,
    private readonly stack: string,
  ) {}

  supportsFeature(request: { getId(): string }, answer: Answer<{ getHassupport(): boolean }>): void {
    // Secrets and unknown values come as such, and not as outputs with a list of what they depend on.
    answer(null, { getHassupport: () => request.getId() !== "outputValues" });
  }

  registerPackage(_: unknown, answer: Answer<{ getRef(): string }>): void {
    answer(null, { getRef: () => "recorded" });
  }

  registerResource(request: RegisterResourceRequest, answer: Answer<object>): void {
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
    const urn = this.urn(type, name, parent);
    const object = request.getObject()!;
    const given = object.toJavaScript();
    // What it answers is read again, and is the same.
    object.toJavaScript = () => given;
    this.resources.push({
      urn,
      type,
      name,
      custom: request.getCustom(),
      inputs: shown(given) as Record<string, unknown>,
      aliases: [
        ...request.getAliasurnsList(),
        ...request.getAliasesList().map((alias) => this.aliasUrn(alias, { type, name, parent })),
      ],
      retainOnDelete: request.getRetainondelete() ?? false,
    });
    const response = new RegisterResourceResponse();
    response.setUrn(urn);
    response.setObject(object);
    answer(null, response);
  }

  /** 1Password's vault is unknown then, and all that is in it. */
  invoke(_: unknown, answer: Answer<{ getReturn(): unknown; getFailuresList(): readonly [] }>): void {
    const vault = { toJavaScript: () => ({ uuid: unknownValue }) };
    answer(null, { getReturn: () => vault, getFailuresList: () => [] });
  }

  private urn(type: string, name: string, parent: string): string {
    const above = parent.split("::")[2];
    const types = above === undefined || above === "pulumi:pulumi:Stack" ? type : `${above}$${type}`;
    return `urn:pulumi:${this.stack}::${this.project}::${types}::${name}`;
  }

  private aliasUrn(alias: Alias, own: { type: string; name: string; parent: string }): string {
    const spec = alias.getSpec();
    if (!spec) return alias.getUrn();
    const parent = spec.getNoparent() ? "" : spec.getParenturn() || own.parent;
    return this.urn(spec.getType() || own.type, spec.getName() || own.name, parent);
  }
}

/** By URN, or by what was different: it is the rest of the resource that has it. */
type Alias = {
  getUrn(): string;
  getSpec():
    | { getType(): string; getName(): string; getParenturn(): string; getNoparent(): boolean }
    | undefined;
};

const { unknownValue, specialSigKey, specialSecretSig } = pulumi.runtime as unknown as Record<string, string>;

/** As people may see it. */
function shown(value: unknown): unknown {
  if (value === unknownValue) return unknown;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if ((value as Record<string, unknown>)[specialSigKey!] === specialSecretSig) return secret;
  return Object.fromEntries(entries.map(([key, each]) => [key, shown(each)]));
}
