import { type RequestOptions, request } from "node:http";
import { request as requestByTls } from "node:https";
import { setTimeout } from "node:timers/promises";

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

/** An API server, asked by path (`/api/v1/namespaces/x/pods`). */
export class ApiServer {
  constructor(
    /** Where it listens, and by what agent it is asked. */
    private readonly connection: RequestOptions,
    /** Further headers, for one who asks in another's name. */
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** `accept` names another form of the answer. */
  get(path: string, accept?: string): Promise<KubernetesObject> {
    return this.send("GET", path, { accept });
  }

  /** What is no object, such as a log, which comes from a node: it is waited for shortly. */
  async text(path: string): Promise<string> {
    const { status, text } = await this.once("GET", path, { accept: "*/*", seconds: 5 });
    if (status < 300) return text;
    throw new KubernetesError(status, messageIn(text) ?? `GET ${path}: ${status} ${text}`);
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

  /** The items of a list, which name neither API nor kind, but for those of a list of mixed kinds. */
  async list(path: string): Promise<KubernetesObject[]> {
    return (await this.get(path)).items;
  }

  /** `?dryRun=All` at the end of the path asks without doing. */
  create(path: string, object: object): Promise<KubernetesObject> {
    return this.send("POST", path, { body: object });
  }

  /** Merges fields into the object; a null removes one. */
  patch(path: string, fields: object): Promise<KubernetesObject> {
    return this.send("PATCH", path, { body: fields, type: "application/merge-patch+json" });
  }

  /** Changes the object step by step (RFC 6902). */
  edit(path: string, steps: readonly object[]): Promise<KubernetesObject> {
    return this.send("PATCH", path, { body: steps, type: "application/json-patch+json" });
  }

  /** Creates the object or takes it over, by server-side apply. What the server warns of goes to `warnings`. */
  apply(
    path: string,
    object: object,
    {
      manager = "muster-tools",
      dryRun = false,
      warnings,
    }: { readonly manager?: string; readonly dryRun?: boolean; readonly warnings?: string[] } = {},
  ): Promise<KubernetesObject> {
    const query = `fieldManager=${encodeURIComponent(manager)}&force=true${dryRun ? "&dryRun=All" : ""}`;
    const type = "application/apply-patch+yaml";
    return this.send("PATCH", `${path}?${query}`, { body: object, type, warnings });
  }

  delete(path: string): Promise<KubernetesObject> {
    return this.send("DELETE", path);
  }

  /** A server that has too much to do is asked again when it says, five times. */
  private async send(method: string, path: string, options: SendOptions = {}): Promise<KubernetesObject> {
    for (let tries = 5; ; tries--) {
      const { status, retryAfter, text, warnings } = await this.once(method, path, options);
      options.warnings?.push(...warnings);
      if (status < 300) return JSON.parse(text.startsWith("{") ? text : JSON.stringify({ text }));
      if (status !== 429 || tries === 1)
        throw new KubernetesError(status, messageIn(text) ?? `${method} ${path}: ${status} ${text}`);
      await setTimeout(retryAfter * 1000);
    }
  }

  private once(
    method: string,
    path: string,
    { body, type, accept, seconds = 30 }: SendOptions,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = {
        accept: accept ?? "application/json",
        "content-type": type ?? "application/json",
        ...this.headers,
      };
      const options = { ...this.connection, method, path, headers, timeout: seconds * 1000 };
      const sent = (options.protocol === "https:" ? requestByTls : request)(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: Number(response.headers["retry-after"] ?? 1),
            text: Buffer.concat(chunks).toString(),
            warnings: warningsIn(response.rawHeaders),
          }),
        );
      });
      sent.on("timeout", () => sent.destroy(new Error(`${method} ${path}: no answer within ${seconds} s`)));
      sent.on("error", reject);
      sent.end(body && JSON.stringify(body));
    });
  }
}

interface SendOptions {
  readonly body?: object;
  readonly type?: string;
  readonly accept?: string;
  /** Takes what the server warns of. */
  readonly warnings?: string[];
  /** How long an answer is waited for. */
  readonly seconds?: number;
}

interface Answer {
  readonly status: number;
  /** Seconds. */
  readonly retryAfter: number;
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Of the headers, which come as name and value by turns: `299 - "what it warns of"`. */
function warningsIn(headers: readonly string[]): string[] {
  return headers.flatMap((name, place) => {
    const warning =
      name.toLowerCase() === "warning" && /^\d+ \S+ (".*")$/.exec(headers[place + 1] ?? "")?.[1];
    return warning ? JSON.parse(warning) : [];
  });
}

function messageIn(text: string): string | undefined {
  try {
    return JSON.parse(text).message;
  } catch {
    return undefined;
  }
}
