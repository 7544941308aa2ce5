import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { isKubernetesObject } from "./declared-objects";

export type Answer = (error: Error | null, response?: RegisterResourceResponse) => void;
export type Register = (request: RegisterResourceRequest, answer: Answer) => void;

/**
 * Has the Kubernetes objects of a program registered in another way; gives back the one that leads to the engine. What a
 * cluster adds to an object no program here reads, so that is not unpacked: it is answered as it was given.
 */
export function interceptObjects(register: (send: Register) => Register): void {
  const monitor = getMonitor();
  const { path, requestSerialize, responseDeserialize } = ResourceMonitorService.registerResource;
  const registerObject = register((request, answer) => {
    const object = request.getObject()!;
    const read: Deserialize = (bytes) =>
      jumpingOver(object.constructor as unknown as Message, bytes, responseDeserialize);
    monitor.makeUnaryRequest(path, requestSerialize, read, request, (error, response) => {
      response?.setObject(object);
      answer(error, response);
    });
  });
  const registerOther = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) => {
    const isObject = isKubernetesObject({ type: request.getType(), custom: request.getCustom() });
    (isObject ? registerObject : registerOther)(request, answer);
  };
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
