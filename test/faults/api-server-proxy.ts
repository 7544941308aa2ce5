import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parse, stringify } from "yaml";

/** What the proxy does with a request. */
export type Behaviour =
  | "forward"
  /** Forwards it after so many milliseconds. */
  | { readonly delay: number }
  /** Refuses it. */
  | { readonly status: 429 | 503; readonly retryAfter?: number }
  /** Answers it with what it holds to be so. */
  | { readonly answer: unknown };

/** Stands before an API server, on loopback, and can be slow, overloaded or unavailable in its place. */
export class ApiServerProxy {
  /** Leads through the proxy, with the rights of the kubeconfig that it was made from. */
  readonly kubeconfig: string;
  /** How many requests came since the behaviour was last set. */
  requests = 0;
  private behaviour: (method: string, url: URL) => Behaviour = () => "forward";

  private constructor(
    private readonly server: Server,
    private readonly agent: Agent,
    private readonly target: string,
    directory: string,
  ) {
    this.kubeconfig = join(directory, "kubeconfig");
    const { port } = server.address() as AddressInfo;
    writeFileSync(
      this.kubeconfig,
      stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "proxy", cluster: { server: `http://127.0.0.1:${port}` } }],
        users: [{ name: "proxy", user: {} }],
        contexts: [{ name: "proxy", context: { cluster: "proxy", user: "proxy" } }],
        "current-context": "proxy",
      }),
    );
    server.on("request", (incoming, outgoing) => this.handle(incoming, outgoing));
  }

  static async start(kubeconfig: string, directory: string): Promise<ApiServerProxy> {
    const { clusters, users } = parse(readFileSync(kubeconfig, "utf8"));
    const agent = new Agent({
      keepAlive: true,
      ca: readFileSync(clusters[0].cluster["certificate-authority"]),
      cert: readFileSync(users[0].user["client-certificate"]),
      key: readFileSync(users[0].user["client-key"]),
    });
    const server = createServer();
    // As the API server: a connection that it ends while a request is under way would fail that request.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new ApiServerProxy(server, agent, clusters[0].cluster.server, directory);
  }

  behave(behaviour: (method: string, url: URL) => Behaviour): void {
    this.behaviour = behaviour;
    this.requests = 0;
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    this.requests += 1;
    const { method, url, headers } = incoming;
    const behaviour = this.behaviour(method!, new URL(url!, this.target));
    const json = { "content-type": "application/json" };
    if (behaviour !== "forward" && "answer" in behaviour) {
      outgoing.writeHead(200, json).end(JSON.stringify(behaviour.answer));
      return;
    }
    if (behaviour !== "forward" && "status" in behaviour) {
      const { status, retryAfter } = behaviour;
      const message = "the API server is taking a rest";
      outgoing
        .writeHead(status, { ...json, ...(retryAfter && { "retry-after": `${retryAfter}` }) })
        .end(JSON.stringify({ apiVersion: "v1", kind: "Status", status: "Failure", code: status, message }));
      return;
    }
    if (behaviour !== "forward") await setTimeout(behaviour.delay);
    const forwarded = request(`${this.target}${url}`, { method, headers, agent: this.agent }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
      outgoing.on("close", () => answer.destroy());
    });
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
  }
}
