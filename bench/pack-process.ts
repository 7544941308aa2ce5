import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  AnalyzeRequest,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
  EnforcementLevel,
  PolicyConfig,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { root } from "../tools/places";
import { cpuSeconds } from "./measure";

/** A resource that the pack is asked of. */
export interface Asked {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The policy pack in a process of its own, asked as Pulumi's engine asks. */
export class PackProcess {
  private constructor(
    private readonly process: ChildProcess,
    private readonly client: AnalyzerClient,
    /** Seconds until it said where it answers. */
    readonly started: number,
  ) {}

  static async start(): Promise<PackProcess> {
    const begin = performance.now();
    const child = spawn(process.execPath, [join(root, "policies/index.js")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = await once(child.stdout, "data");
    const most = { "grpc.max_send_message_length": -1, "grpc.max_receive_message_length": -1 };
    const client = new AnalyzerClient(`127.0.0.1:${`${port}`.trim()}`, credentials.createInsecure(), most);
    return new PackProcess(child, client, (performance.now() - begin) / 1000);
  }

  stop(): void {
    this.client.close();
    this.process.kill();
  }

  /** Has it judge each resource, then all together; the CPU seconds that it takes for that. */
  async judge(resources: readonly Asked[], disabled: readonly string[]): Promise<number> {
    const before = cpuSeconds(this.process.pid!);
    await this.configure(disabled);
    for (const each of resources) {
      const request = described(new AnalyzeRequest(), each);
      await answer((done) => this.client.analyze(request, done));
    }
    const all = resources.map((each) => described(new AnalyzerResource(), each));
    const request = new AnalyzeStackRequest().setResourcesList(all);
    await answer((done) => this.client.analyzeStack(request, done));
    return cpuSeconds(this.process.pid!) - before;
  }

  private async configure(disabled: readonly string[]): Promise<void> {
    const request = new ConfigureAnalyzerRequest();
    for (const id of disabled) {
      const config = new PolicyConfig().setEnforcementlevel(EnforcementLevel.DISABLED);
      request.getPolicyconfigMap().set(id, config.setProperties(new Struct()));
    }
    await answer((done) => this.client.configure(request, done));
  }
}

function described<T extends AnalyzeRequest | AnalyzerResource>(
  message: T,
  { urn, type, name, inputs }: Asked,
): T {
  message.setUrn(urn);
  message.setType(type);
  message.setName(name);
  message.setOptions(new AnalyzerResourceOptions());
  message.setProperties(Struct.fromJavaScript(inputs as Record<string, JavaScriptValue>));
  return message;
}

function answer(ask: (done: (error: ServiceError | null) => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => ask((error) => (error ? reject(error) : resolve())));
}
