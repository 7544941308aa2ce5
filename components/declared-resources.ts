import type { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { answerAsGiven, type DeclaredResource, declaredBy, type Stack } from "./declared-resource";

/**
 * What a program would register, in the order in which it does, without an engine: nothing is made and nobody is asked.
 * Outputs that a provider makes up are unknown, as in the preview of a new stack; everything else is as given.
 */
export async function declaredResources(
  { project, stack }: Stack,
  program: () => void,
): Promise<readonly DeclaredResource[]> {
  const recording = withLocalStorage(async () => {
    const recorder = new Recorder({ project, stack });
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
type Answer<T> = (error: null, response: T) => void;

const answered = (_: unknown, answer: Answer<object>) => answer(null, {});
const nothing = async () => {};

/** What the program takes for the engine. */
class Recorder {
  readonly resources: DeclaredResource[] = [];
  readonly registerResourceOutputs = answered;

  constructor(private readonly stack: Stack) {}

  supportsFeature(request: { getId(): string }, answer: Answer<{ getHassupport(): boolean }>): void {
    // Secrets and unknown values come as such, and not as outputs with a list of what they depend on.
    answer(null, { getHassupport: () => request.getId() !== "outputValues" });
  }

  registerPackage(_: unknown, answer: Answer<{ getRef(): string }>): void {
    answer(null, { getRef: () => "recorded" });
  }

  registerResource(request: RegisterResourceRequest, answer: Answer<object>): void {
    const resource = declaredBy(request, this.stack);
    this.resources.push(resource);
    answer(null, answerAsGiven(request, resource.urn));
  }

  /** 1Password's vault is unknown then, and all that is in it. */
  invoke(_: unknown, answer: Answer<{ getReturn(): unknown; getFailuresList(): readonly [] }>): void {
    const vault = { toJavaScript: () => ({ uuid: unknownValue }) };
    answer(null, { getReturn: () => vault, getFailuresList: () => [] });
  }
}

const { unknownValue } = pulumi.runtime as unknown as Record<string, string>;
