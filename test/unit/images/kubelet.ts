import { connects, type End, podIn } from "../../cluster/connectivity";
import type { Container } from "./container";

/** A stand-in of an image's program. What it returns is the exit code; what it throws ends it with 1. */
export type Program = (process: Process) => Promise<number>;

/** Answers a GET with a status, at once or after a while; never, where it hangs. */
type Handler = (path: string, headers: Headers) => number | Promise<number>;

type Headers = Readonly<Record<string, string>>;

/** What the cluster has beside the system: by host name, the place behind it. */
export type Beside = Readonly<Record<string, End>>;

/** Waits, in the time of vitest's fake timers. */
export const seconds = (count: number) => new Promise<void>((resolve) => setTimeout(resolve, count * 1000));

const never = new Promise<never>(() => {});

/** A program in a container: what it may ask of the machine it runs on. */
export class Process {
  private readonly handlers = new Map<number, Handler>();
  private readonly happenings = new Map<string, (howMuch: number) => void>();
  /** Resolves when it is told to stop. */
  readonly terminated: Promise<void>;
  /** Tells it to stop. */
  terminate!: () => void;

  constructor(
    readonly container: Container,
    private readonly beside: Beside,
  ) {
    this.terminated = new Promise((resolve) => {
      this.terminate = resolve;
    });
  }

  get arguments(): readonly string[] {
    return this.container.arguments;
  }

  get environment(): Readonly<Record<string, string>> {
    return this.container.environment;
  }

  /** The content of a file. */
  read(path: string): string {
    const content = this.container.read(path);
    if (content !== undefined) return content;
    throw new Error(`ENOENT: no such file or directory, open '${path}'`);
  }

  write(path: string): void {
    this.container.write(path);
  }

  listen(port: number, handler: Handler): void {
    this.handlers.set(port, handler);
  }

  /** Fails where nobody is known by that name. */
  resolve(host: string): void {
    const aliases: readonly { hostnames: readonly string[] }[] =
      this.container.template.spec.hostAliases ?? [];
    if (!aliases.some(({ hostnames }) => hostnames.includes(host))) this.lookup(host);
  }

  /** Connects over TCP: fails where nobody is known by that name, or the network lets nothing through. */
  connect(host: string, port: number): void {
    const { system, template } = this.container;
    const policies = system.objects.filter(({ kind }) => kind === "NetworkPolicy");
    const self = podIn(system.namespace, template.metadata.labels);
    const [end, target] = this.lookup(host, port);
    if (!connects(policies, self, end, target)) throw new Error(`connect ETIMEDOUT ${host}:${port}`);
  }

  private lookup(host: string, port = 0): [End, number] {
    const { system } = this.container;
    const service = system.objects.find(({ kind, metadata }) => kind === "Service" && metadata.name === host);
    if (service) {
      const found = service.spec.ports.find((each: { port: number }) => !port || each.port === port);
      if (!found) throw new Error(`connect ECONNREFUSED ${host}:${port}`);
      const pods = system.template(host);
      const named = pods.spec.containers[0].ports.find(
        ({ name }: { name: string }) => name === found.targetPort,
      );
      return [podIn(system.namespace, pods.metadata.labels), named?.containerPort ?? found.targetPort];
    }
    const end = this.beside[host];
    if (!end) throw new Error(`getaddrinfo ENOTFOUND ${host}`);
    return [end, port];
  }

  /** What the test lets happen to the program, with a number that says how much of it. */
  on(what: string, happens: (howMuch: number) => void): void {
    this.happenings.set(what, happens);
  }

  happens(what: string, howMuch: number): void {
    this.happenings.get(what)!(howMuch);
  }

  /** A GET, as the kubelet makes it. */
  async get(port: number, path: string, headers: Headers = {}): Promise<number> {
    const handler = this.handlers.get(port);
    if (!handler) throw new Error(`connect ECONNREFUSED ${port}`);
    return handler(path, headers);
  }

  accepts(port: number): boolean {
    return this.handlers.has(port);
  }
}

interface Probe {
  readonly httpGet?: {
    readonly path: string;
    readonly port: string;
    readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly tcpSocket?: { readonly port: string };
  readonly exec?: { readonly command: readonly string[] };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold?: number;
}

/** A pod that runs: its container is started, asked, ended and started again as a kubelet does it. */
export class RunningPod {
  ready = false;
  restarts = 0;
  /** Why its container ended, each time. */
  readonly ended: string[] = [];
  process!: Process;
  private stopped = false;

  constructor(
    private readonly container: Container,
    private readonly program: Program,
    private readonly beside: Beside = {},
  ) {
    void this.run();
  }

  /** Tells it to stop, after its preStop; says how long that took, or that it had to be killed. */
  async stop(): Promise<{ seconds: number; killed: boolean }> {
    this.stopped = true;
    const grace = this.container.template.spec.terminationGracePeriodSeconds;
    const wait = this.container.spec.lifecycle?.preStop?.sleep?.seconds ?? 0;
    const from = Date.now();
    await seconds(wait);
    this.process.terminate();
    const killed = await Promise.race([this.exit.then(() => false), seconds(grace - wait).then(() => true)]);
    return { seconds: (Date.now() - from) / 1000, killed };
  }

  private exit!: Promise<number>;

  private async run(): Promise<void> {
    while (!this.stopped) {
      const process = new Process(this.container, this.beside);
      this.process = process;
      this.exit = this.program(process).catch((error: Error) => {
        this.ended.push(error.message);
        return 1;
      });
      const killed = this.watch(process);
      const reason = await Promise.race([this.exit.then((code) => `exit code ${code}`), killed]);
      this.ready = false;
      if (this.stopped) return;
      this.ended.push(reason);
      this.restarts += 1;
      await seconds(Math.min(300, 10 * 2 ** (this.restarts - 1)));
    }
  }

  /** Asks for as long as the process lives; resolves with the reason why it is to be killed. */
  private async watch(process: Process): Promise<string> {
    const { startupProbe, livenessProbe, readinessProbe } = this.container.spec;
    if (startupProbe && !(await this.succeeds(process, startupProbe))) return "startup probe failed";
    void this.readiness(process, readinessProbe);
    if (!livenessProbe) return never;
    await this.fails(process, livenessProbe);
    return "liveness probe failed";
  }

  private async succeeds(process: Process, probe: Probe): Promise<boolean> {
    await seconds(probe.initialDelaySeconds ?? 0);
    for (let failures = 0; failures < (probe.failureThreshold ?? 3); failures++) {
      if (await this.ask(process, probe)) return true;
      await seconds(probe.periodSeconds);
    }
    return false;
  }

  private async fails(process: Process, probe: Probe): Promise<void> {
    await seconds(probe.initialDelaySeconds ?? 0);
    for (let failures = 0; ; await seconds(probe.periodSeconds)) {
      failures = (await this.ask(process, probe)) ? 0 : failures + 1;
      if (failures === (probe.failureThreshold ?? 3)) return;
    }
  }

  private async readiness(process: Process, probe?: Probe): Promise<void> {
    if (!probe) {
      this.ready = true;
      return;
    }
    await seconds(probe.initialDelaySeconds ?? 0);
    for (let failures = 0; process === this.process; await seconds(probe.periodSeconds)) {
      const success = await this.ask(process, probe);
      failures = success ? 0 : failures + 1;
      if (process !== this.process) return;
      if (success) this.ready = true;
      else if (failures >= (probe.failureThreshold ?? 3)) this.ready = false;
    }
  }

  private async ask(process: Process, { httpGet, tcpSocket, timeoutSeconds }: Probe): Promise<boolean> {
    if (tcpSocket) return process.accepts(this.port(tcpSocket.port));
    if (!httpGet) throw new Error("a command wants the real program: take its arguments from the Container");
    const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]));
    const answer = process.get(this.port(httpGet.port), httpGet.path, headers).catch(() => 503);
    const status = await Promise.race([answer, seconds(timeoutSeconds).then(() => 504)]);
    return status >= 200 && status < 400;
  }

  private port(name: string): number {
    const found = this.container.spec.ports.find((each: { name: string }) => each.name === name);
    return found.containerPort;
  }
}
