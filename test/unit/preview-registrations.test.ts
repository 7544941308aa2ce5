import { setImmediate } from "node:timers/promises";
import type * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { describe, expect, it } from "vitest";
import type { DeclaredObject } from "../../cluster/comparison/declared-objects";
import { isObject, type Register } from "../../cluster/comparison/object-registrations";
import { PreviewRegistrations } from "../../cluster/comparison/preview-registrations";
import { answerAsGiven, type DeclaredResource, declaredBy } from "../../components/declared-resource";
import { System } from "../../components/system";
import { type DeclaredSystem, declaredSystems } from "../../systems";
import { configOf } from "./shipped-stack";

const { withLocalStorage, getStore } = require("@pulumi/pulumi/runtime/state");
const { awaitFeatureSupport, waitForRPCs } = require("@pulumi/pulumi/runtime/settings");

const stack = { project: "muster", stack: "prod" };
const thebot = declaredSystems(configOf("prod")).find(({ declared }) => declared.name === "thebot")!;

describe("what a preview registers", () => {
  it("goes to the engine once, each after what it comes after", async () => {
    const { sent } = await previewed(thebot);
    const urns = sent.map(({ resource }) => resource.urn);
    expect(new Set(urns).size).toBe(urns.length);
    expect(urns.toSorted()).toEqual((await registered(thebot)).map(({ urn }) => urn).toSorted());
    for (const { resource, after } of sent)
      for (const urn of after)
        expect(urns.indexOf(urn), `${resource.urn} after ${urn}`).toBeLessThan(urns.indexOf(resource.urn));
  });

  it("waits where the comparison may change it, with what comes after it, and with nothing else", async () => {
    const isAccount = ({ manifest: { kind, metadata } }: DeclaredObject) =>
      kind === "ServiceAccount" && metadata.name === "thebot-redis";
    const { sent, before } = await previewed(thebot, { waits: isAccount });
    const all = new Map(sent.map((each) => [each.resource.urn, each]));
    const isWaiting = (urn: string): boolean =>
      urn.endsWith("ServiceAccount::thebot-redis") || Boolean(all.get(urn)?.after.some(isWaiting));
    const waiting = sent.slice(before).map(({ resource }) => resource.urn);
    expect(waiting.length).toBeGreaterThan(1);
    expect(waiting.toSorted()).toEqual([...all.keys()].filter(isWaiting).toSorted());
  });

  it("is told by its name where the engine refuses it, all at once", async () => {
    const refuses = ({ type }: DeclaredResource) => type.endsWith(":ServiceAccount");
    const { error } = await previewed(thebot, { refuses });
    expect(error).toMatch(
      /^(failed to register thebot-\S+ \[kubernetes:core\/v1:ServiceAccount\]: 3 INVALID\n?){2,}$/,
    );
  });
});

describe("what a program registers", () => {
  const systems = declaredSystems(configOf("prod")).map((each) => [each.declared.name, each] as const);
  it.each(systems)("hangs on nothing that a cluster adds to an object: %s", async (_, system) => {
    const asGiven = await registered(system);
    const asMade = await registered(system, { adds: true });
    expect(asGiven.length).toBeGreaterThan(20);
    expect(asMade).toEqual(asGiven);
  });
});

/** What takes the place of the engine. */
interface Engine {
  /** Whether it refuses a resource. */
  readonly refuses?: (resource: DeclaredResource) => boolean;
  /** Whether what it answers has what a cluster adds to an object. */
  readonly adds?: boolean;
}

/** The resources of a system, in the order in which they come to the engine. */
async function registered(system: DeclaredSystem, engine: Engine = {}): Promise<DeclaredResource[]> {
  const sent: Sent[] = [];
  await withEngine(sent, engine, async () => {
    run(system, []);
    await waitForRPCs();
  });
  return sent.map(({ resource }) => resource);
}

interface Previewed {
  readonly sent: readonly Sent[];
  /** How many had been sent when the comparison ended. */
  readonly before: number;
  readonly error?: string;
}

/** A preview of a system. */
async function previewed(
  system: DeclaredSystem,
  { waits = () => false, ...engine }: Engine & { readonly waits?: (object: DeclaredObject) => boolean } = {},
): Promise<Previewed> {
  const sent: Sent[] = [];
  let before = 0;
  let error: string | undefined;
  await withEngine(sent, engine, async () => {
    const registrations = new PreviewRegistrations(stack, async (object) => waits(object));
    run(system, registrations.transformations);
    await registrations.declared();
    // All that need not wait is on its way.
    for (let turn = 0; turn < 1000; turn++) await setImmediate();
    before = sent.length;
    await registrations.finish([]).catch((refusal: Error) => {
      error = refusal.message;
    });
  });
  return { sent, before, error };
}

interface Sent {
  readonly resource: DeclaredResource;
  /** URNs of its parent and of what it depends on. */
  readonly after: readonly string[];
}

function run({ declared, secrets }: DeclaredSystem, transformations: pulumi.ResourceTransformation[]): void {
  new System(declared.name, { stack: "prod", declared, secrets }, { transformations });
}

/** Runs a part of a program whose engine notes what comes to it. */
function withEngine(
  sent: Sent[],
  { refuses = () => false, adds = false }: Engine,
  part: () => Promise<void>,
): Promise<void> {
  const register: Register = (request, answer) => {
    const resource = declaredBy(request, stack);
    sent.push({ resource, after: [request.getParent(), ...request.getDependenciesList()] });
    setImmediate().then(() => {
      if (refuses(resource)) answer(new Error("3 INVALID"));
      else answer(null, adds ? withAdditions(request, resource.urn) : answerAsGiven(request, resource.urn));
    });
  };
  return withLocalStorage(async () => {
    const store = getStore();
    Object.assign(store.settings.options, { dryRun: true, ...stack, organization: "o", parallel: 16 });
    const answered = (_: unknown, answer: (error: null, response: object) => void) => answer(null, {});
    const monitor = {
      supportsFeature: ({ getId }: { getId(): string }, answer: (error: null, response: object) => void) =>
        answer(null, { getHassupport: () => getId() !== "outputValues" }),
      registerPackage: (_: unknown, answer: (error: null, response: object) => void) =>
        answer(null, { getRef: () => "recorded" }),
      registerResourceOutputs: answered,
      registerResource: register,
      makeUnaryRequest: (...[, , , request, answer]: [string, unknown, unknown, ...Parameters<Register>]) =>
        register(request, answer),
    };
    Object.assign(store.settings, { monitor, engine: { log: answered } });
    const nothing = async () => {};
    store.callbacks = {
      registerResourceHook: nothing,
      registerErrorHook: nothing,
      awaitStackRegistrations: nothing,
    };
    await awaitFeatureSupport();
    await part();
  });
}

/** As a cluster gives an object back. */
function withAdditions(request: RegisterResourceRequest, urn: string): RegisterResourceResponse {
  const response = answerAsGiven(request, urn);
  if (!isObject(request)) return response;
  const given = request.getObject()!.toJavaScript();
  const object = request.getObject()!.clone();
  object.toJavaScript = () => ({
    ...given,
    metadata: { ...(given.metadata as object), uid: "made", resourceVersion: "made", generation: 7 },
    status: { ready: "made" },
  });
  response.setObject(object);
  response.setId("made");
  return response;
}
