import type * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { answerAsGiven, declaredBy, type Stack } from "../../components/declared-resource";
import { type DeclaredObject, DeclaredObjects } from "./declared-objects";
import { type Answer, interceptObjects, type Register } from "./object-registrations";

type Transformations = readonly pulumi.ResourceTransformation[];

/**
 * What a program registers in a preview, on its way to the engine. A preview makes nothing, so the program need not run
 * twice, as it does for an update. Its Kubernetes objects are answered at once, as they are given. Those that the
 * comparison with the cluster may change wait for its end, and so does what comes after them; all others go on.
 */
export class PreviewRegistrations {
  private readonly objects = new DeclaredObjects();
  private readonly registrations = new Map<string, Registration>();
  private send: Register = () => {};
  private goOn: (transformations: Transformations) => void = () => {};
  /** The end of the comparison. */
  private readonly compared = new Promise<Transformations>((resolve) => {
    this.goOn = resolve;
  });

  constructor(
    private readonly stack: Stack,
    private readonly mayChange: (object: DeclaredObject) => Promise<boolean>,
  ) {
    interceptObjects((send) => {
      this.send = send;
      return (request, answer) => this.note(request, answer);
    });
  }

  /** What the program is to run with. */
  get transformations(): pulumi.ResourceTransformation[] {
    return [this.objects.noting];
  }

  /** All objects of the program, once it has registered them. */
  async declared(): Promise<DeclaredObject[]> {
    await waitForRPCs();
    return Promise.all([...this.registrations.values()].map(({ object }) => object));
  }

  /** Ends the waiting, and waits itself until the engine has taken all objects. */
  async finish(transformations: Transformations): Promise<void> {
    this.goOn(transformations);
    await Promise.all([...this.registrations.values()].map(({ taken }) => taken));
  }

  private note(request: RegisterResourceRequest, answer: Answer): void {
    const resource = declaredBy(request, this.stack);
    answer(null, answerAsGiven(request, resource.urn));
    const before = request.getDependenciesList().flatMap((urn) => this.registrations.get(urn) ?? []);
    const object = this.objects.of(resource);
    const waits = this.waits(object, before);
    const taken = this.passedOn(request, waits, before);
    // It is told at the end.
    taken.catch(() => {});
    this.registrations.set(resource.urn, { object, waits, taken });
  }

  private async waits(object: Promise<DeclaredObject>, before: readonly Registration[]): Promise<boolean> {
    const others = await Promise.all(before.map(({ waits }) => waits));
    return others.includes(true) || this.mayChange(await object);
  }

  private async passedOn(
    request: RegisterResourceRequest,
    waits: Promise<boolean>,
    before: readonly Registration[],
  ): Promise<void> {
    if (await waits) transform(request, await this.compared);
    await Promise.all(before.map(({ taken }) => taken));
    await new Promise<void>((resolve, reject) =>
      this.send(request, (error) => (error ? reject(error) : resolve())),
    );
  }
}

interface Registration {
  readonly object: Promise<DeclaredObject>;
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
