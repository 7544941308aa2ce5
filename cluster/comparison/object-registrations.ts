import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { isKubernetesObject } from "./declared-objects";

export type Answer = (error: Error | null, response?: RegisterResourceResponse) => void;
export type Register = (request: RegisterResourceRequest, answer: Answer) => void;

/**
 * Has what a program registers go by another way; `send` leads to the engine. What a cluster adds to an object no program
 * here reads, so of the engine's answer that is not unpacked: an object is answered as it was given.
 */
export function interceptRegistrations(
  register: (request: RegisterResourceRequest, answer: Answer, send: Register) => void,
): void {
  const monitor = getMonitor();
  const { path, requestSerialize, responseDeserialize } = ResourceMonitorService.registerResource;
  const sendObject: Register = (request, answer) => {
    const object = request.getObject()!;
    const kind = object.constructor as unknown as Message;
    const read: Deserialize = (bytes) => jumpingOver(kind, bytes, responseDeserialize);
    monitor.makeUnaryRequest(path, requestSerialize, read, request, (error, response) => {
      response?.setObject(object);
      answer(error, response);
    });
  };
  const sendOther = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) =>
    register(request, answer, isObject(request) ? sendObject : sendOther);
}

/** From here on, what a program registers goes to the engine as it comes, and objects are answered as they were given. */
export function answerObjectsAsGiven(): void {
  interceptRegistrations((request, answer, send) => send(request, answer));
}

/**
 * Has what components say of themselves wait until the engine has them: `taken` tells of a URN, if it is one of those
 * that are answered before. Gives back what is under way.
 */
export function delayOutputs(taken: (urn: string) => Promise<void> | undefined): readonly Promise<void>[] {
  const monitor = getMonitor();
  const send = monitor.registerResourceOutputs.bind(monitor);
  const underWay: Promise<void>[] = [];
  monitor.registerResourceOutputs = (request, answer) => {
    const before = taken(request.getUrn());
    if (!before) return send(request, answer);
    answer(null, {});
    const sent = before.then(
      () =>
        new Promise<void>((resolve, reject) => send(request, (error) => (error ? reject(error) : resolve()))),
    );
    // It is told at the end.
    sent.catch(() => {});
    underWay.push(sent);
  };
  return underWay;
}

export function isObject(request: RegisterResourceRequest): boolean {
  return isKubernetesObject({ type: request.getType(), custom: request.getCustom() });
}

type Deserialize = (bytes: Uint8Array) => RegisterResourceResponse;

/** A kind of message in a message. */
interface Message {
  deserializeBinaryFromReader: (message: object) => object;
}

/** Unpacks a message without those of a kind in it. */
function jumpingOver(kind: Message, bytes: Uint8Array, deserialize: Deserialize): RegisterResourceResponse {
  const { deserializeBinaryFromReader } = kind;
  kind.deserializeBinaryFromReader = (message) => message;
  try {
    return deserialize(bytes);
  } finally {
    kind.deserializeBinaryFromReader = deserializeBinaryFromReader;
  }
}

const { getMonitor } = require("@pulumi/pulumi/runtime/settings") as { getMonitor: () => Monitor };
const { ResourceMonitorService } = require("@pulumi/pulumi/proto/resource_grpc_pb") as {
  ResourceMonitorService: { registerResource: Method };
};

interface Monitor {
  registerResource: Register;
  registerResourceOutputs: (
    request: { getUrn(): string },
    answer: (error: Error | null, response?: object) => void,
  ) => void;
  makeUnaryRequest: (
    path: string,
    serialize: Method["requestSerialize"],
    deserialize: Deserialize,
    request: RegisterResourceRequest,
    answer: Answer,
  ) => void;
}

interface Method {
  readonly path: string;
  readonly requestSerialize: (request: RegisterResourceRequest) => Buffer;
  readonly responseDeserialize: Deserialize;
}
