import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { parse } from "yaml";

/** An object as the API server sends and takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: what an object holds is its kind's affair
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: any };
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly [field: string]: any;
}

/** An answer of the API server other than a success. */
export class KubernetesError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Asks an API server by path (`/api/v1/namespaces/x/pods`), as the user whose certificate the kubeconfig has. */
export class Kubernetes {
  private readonly server: string;
  private readonly agent: Agent;

  constructor(
    kubeconfig: string,
    /** Further headers, for one who asks in another's name. */
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {
    const { clusters, users } = parse(readFileSync(kubeconfig, "utf8"));
    this.server = clusters[0].cluster.server;
    this.agent = new Agent({
      keepAlive: true,
      ca: readFileSync(clusters[0].cluster["certificate-authority"]),
      cert: readFileSync(users[0].user["client-certificate"]),
      key: readFileSync(users[0].user["client-key"]),
    });
  }

  get(path: string): Promise<KubernetesObject> {
    return this.send("GET", path);
  }

  /** Undefined where it is not there. */
  async find(path: string): Promise<KubernetesObject | undefined> {
    try {
      return await this.get(path);
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list(path: string): Promise<KubernetesObject[]> {
    return (await this.send("GET", path)).items;
  }

  /** `?dryRun=All` at the end of the path asks without doing. */
  create(path: string, object: object): Promise<KubernetesObject> {
    return this.send("POST", path, object);
  }

  /** Merges fields into the object; a null removes one. */
  patch(path: string, fields: object): Promise<KubernetesObject> {
    return this.send("PATCH", path, fields, "application/merge-patch+json");
  }

  /** Creates the object or takes it over, by server-side apply. */
  apply(path: string, object: object): Promise<KubernetesObject> {
    return this.send(
      "PATCH",
      `${path}?fieldManager=muster-tools&force=true`,
      object,
      "application/apply-patch+yaml",
    );
  }

  delete(path: string): Promise<KubernetesObject> {
    return this.send("DELETE", path);
  }

  private send(
    method: string,
    path: string,
    body?: object,
    type = "application/json",
  ): Promise<KubernetesObject> {
    return new Promise((resolve, reject) => {
      const headers = { accept: "application/json", "content-type": type, ...this.headers };
      const sent = request(
        `${this.server}${path}`,
        { method, agent: this.agent, headers, timeout: 30_000 },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            const status = response.statusCode ?? 0;
            if (status < 300) resolve(text.startsWith("{") ? JSON.parse(text) : { text });
            else
              reject(new KubernetesError(status, messageIn(text) ?? `${method} ${path}: ${status} ${text}`));
          });
        },
      );
      sent.on("timeout", () => sent.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
      sent.on("error", reject);
      sent.end(body && JSON.stringify(body));
    });
  }
}

function messageIn(text: string): string | undefined {
  try {
    return JSON.parse(text).message;
  } catch {
    return undefined;
  }
}
