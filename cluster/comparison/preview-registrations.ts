import type * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { answerAsGiven, declaredBy, type Stack } from "../../components/declared-resource";
import { type DeclaredObject, DeclaredObjects } from "./declared-objects";
import {
  type Answer,
  delayOutputs,
  interceptRegistrations,
  isObject,
  type Register,
} from "./object-registrations";

type Transformations = readonly pulumi.ResourceTransformation[];

/**
 * What a program registers in a preview, on its way to the engine. A preview makes nothing, so the program need not run
 * twice, as it does for an update. Its Kubernetes objects are answered at once, as they are given. Those that the
 * comparison with the cluster may change wait for its end, and so does what comes after them; all others go on. The engine
 * gets each after what it comes after: with `--target` it fills in what is missing, and refuses that when it comes.
 */
export class PreviewRegistrations {
  private readonly objects = new DeclaredObjects();
  private readonly registrations = new Map<string, Registration>();
  private readonly outputs: readonly Promise<void>[];
  private goOn: (transformations: Transformations) => void = () => {};
  /** The end of the comparison. */
  private readonly compared = new Promise<Transformations>((resolve) => {
    this.goOn = resolve;
  });

  constructor(
    private readonly stack: Stack,
    private readonly mayChange: (object: DeclaredObject) => Promise<boolean>,
  ) {
    interceptRegistrations((request, answer, send) => {
      const before = [request.getParent(), ...request.getDependenciesList()].flatMap(
        (urn) => this.registrations.get(urn) ?? [],
      );
      if (isObject(request) || before.length > 0) this.note(request, answer, { before, send });
      else send(request, answer);
    });
    this.outputs = delayOutputs((urn) => this.registrations.get(urn)?.taken);
  }

  /** What the program is to run with. */
  get transformations(): pulumi.ResourceTransformation[] {
    return [this.objects.noting];
  }

  /** All objects of the program, once it has registered them. */
  async declared(): Promise<DeclaredObject[]> {
    await waitForRPCs();
    const objects = await Promise.all([...this.registrations.values()].map(({ object }) => object));
    return objects.filter((each) => each !== undefined);
  }

  /** Ends the waiting, and waits itself until the engine has taken all objects. Throws what it says of those it refuses. */
  async finish(transformations: Transformations): Promise<void> {
    this.goOn(transformations);
    const all = await Promise.allSettled([
      ...[...this.registrations.values()].map(({ taken }) => taken),
      ...this.outputs,
    ]);
    const refusals = new Set(
      all.flatMap((each) => (each.status === "rejected" ? `${each.reason.message}` : [])),
    );
    if (refusals.size > 0) throw new RunError([...refusals].join("\n"));
  }

  private note(request: RegisterResourceRequest, answer: Answer, { before, send }: Way): void {
    const resource = declaredBy(request, this.stack);
    answer(null, answerAsGiven(request, resource.urn));
    const object = isObject(request) ? this.objects.of(resource) : Promise.resolve(undefined);
    const waits = this.waits(object, before);
    const taken = this.passedOn(request, waits, { before, send });
    // It is told at the end.
    taken.catch(() => {});
    this.registrations.set(resource.urn, { object, waits, taken });
  }

  private async waits(
    object: Promise<DeclaredObject | undefined>,
    before: readonly Registration[],
  ): Promise<boolean> {
    if ((await Promise.all(before.map(({ waits }) => waits))).includes(true)) return true;
    const declared = await object;
    return declared !== undefined && this.mayChange(declared);
  }

  private async passedOn(
    request: RegisterResourceRequest,
    waits: Promise<boolean>,
    { before, send }: Way,
  ): Promise<void> {
    if (await waits) transform(request, await this.compared);
    await Promise.all(before.map(({ taken }) => taken));
    const what = `${request.getName()} [${request.getType()}]`;
    await new Promise<void>((resolve, reject) =>
      send(request, (error) =>
        error ? reject(new Error(`failed to register ${what}: ${error.message}`)) : resolve(),
      ),
    );
  }
}

/** How a registration gets to the engine. */
interface Way {
  /** Those that it comes after. */
  readonly before: readonly Registration[];
  readonly send: Register;
}

interface Registration {
  /** Undefined of what is no object of a cluster. */
  readonly object: Promise<DeclaredObject | undefined>;
  /** Whether it waits for the comparison. */
  readonly waits: Promise<boolean>;
  /** Kept once the engine has taken it. */
  readonly taken: Promise<void>;
}

const { waitForRPCs } = require("@pulumi/pulumi/runtime/settings") as { waitForRPCs: () => Promise<void> };

/** Makes of a request what Pulumi would make of the resource, had the transformations been there before it. */
function transform(request: RegisterResourceRequest, transformations: Transformations): void {
  if (transformations.length === 0) return;
  const [type, name, object] = [request.getType(), request.getName(), request.getObject()!];
  let props: pulumi.Inputs = object.toJavaScript();
  let opts: pulumi.CustomResourceOptions = { replaceOnChanges: request.getReplaceonchangesList() };
  for (const each of transformations)
    ({ props, opts } = each({ type, name, props, opts, resource: undefined as never }) ?? { props, opts });
  const { fromJavaScript } = object.constructor as unknown as {
    fromJavaScript: (of: object) => typeof object;
  };
  request.setObject(fromJavaScript(props));
  request.setReplaceonchangesList(opts.replaceOnChanges ?? []);
}
