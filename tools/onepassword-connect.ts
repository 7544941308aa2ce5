import { randomBytes } from "node:crypto";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** A vault's items by title, each with the values of its fields by label. */
export type Vaults = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/** A request as the server saw and answered it. */
export interface Answered {
  readonly path: string;
  readonly status: number;
}

interface Item {
  readonly id: string;
  readonly title: string;
  readonly fields: Map<string, string>;
  version: number;
}

interface Vault {
  readonly id: string;
  readonly name: string;
  readonly items: Map<string, Item>;
}

/**
 * A 1Password Connect server as far as its published API (1.7.1) is read: vaults, items, filters, and errors in its
 * words. It can be slow, away, or refuse everyone.
 */
export class ConnectServer {
  /** What a client has to bear. */
  token = `connect-${randomBytes(16).toString("hex")}`;
  /** Whether any other will do as well. */
  takesAnyToken = false;
  /** Milliseconds before each answer. */
  latency = 0;
  /** The status of every answer, whatever was asked, such as 429. */
  failing: number | undefined;
  readonly answered: Answered[] = [];
  private readonly vaults: Vault[] = [];
  private server: Server | undefined;

  constructor(
    vaults: Vaults,
    /** 0: one that is free. */
    private port = 0,
  ) {
    this.hold(vaults);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Answers on loopback: on a port of its own the first time, and on the same one after that. */
  async start(): Promise<this> {
    const server = createServer(async (request, response) => {
      const url = new URL(request.url!, this.url);
      await setTimeout(this.latency);
      const { status, body } = this.answer(url, request.method!, request.headers.authorization);
      this.answered.push({ path: url.pathname, status });
      send(response, status, body);
    });
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, "127.0.0.1", resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Ends every connection and takes no more. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  /** What someone does in 1Password's app: gives a field a value. */
  set(vault: string, title: string, label: string, value: string): void {
    const item = this.vaults.find(({ name }) => name === vault)!.items.get(title)!;
    item.fields.set(label, value);
    item.version++;
  }

  /** Has these items, beside those that it has, with these fields alone. */
  hold(vaults: Vaults): void {
    for (const [name, items] of Object.entries(vaults)) {
      const vault = this.vaults.find((each) => each.name === name) ?? { id: id(), name, items: new Map() };
      if (!this.vaults.includes(vault)) this.vaults.push(vault);
      for (const [title, fields] of Object.entries(items)) {
        const { id: known, version } = vault.items.get(title) ?? { id: id(), version: 0 };
        const item = { id: known, title, fields: new Map(Object.entries(fields)), version: version + 1 };
        vault.items.set(title, item);
      }
    }
  }

  private answer(url: URL, method: string, authorization: string | undefined) {
    const [, root, ...path] = url.pathname.split("/");
    if (root === "heartbeat") return ok(".");
    if (root === "health") return ok({ name: "1Password Connect API", version: "1.7.3", dependencies: [] });
    if (this.failing !== undefined) return failed(this.failing, "The server cannot answer now");
    if (!this.takesAnyToken && authorization !== `Bearer ${this.token}`)
      return failed(401, "Invalid token signature");
    if (root !== "v1" || path[0] !== "vaults" || method !== "GET") return failed(404, "Path not found");
    return this.read(path.slice(1), url.searchParams.get("filter"));
  }

  private read([vaultId, items, itemId, ...more]: readonly string[], filter: string | null) {
    if (vaultId === undefined) return filtered(this.vaults, filter, ({ name }) => name, vaultSummary);
    if (!UUID.test(vaultId)) return failed(400, "Invalid Vault UUID");
    const vault = this.vaults.find(({ id }) => id === vaultId);
    if (!vault) return failed(404, `vault ${vaultId} not found`);
    if (items === undefined) return ok(vaultSummary(vault));
    const inVault = [...vault.items.values()];
    if (items !== "items" || more.length > 0) return failed(404, "Path not found");
    if (itemId === undefined)
      return filtered(
        inVault,
        filter,
        ({ title }) => title,
        (item) => itemSummary(vault, item),
      );
    if (!UUID.test(itemId)) return failed(400, "Invalid Item UUID");
    const item = inVault.find(({ id }) => id === itemId);
    return item ? ok(fullItem(vault, item)) : failed(404, `item ${itemId} not found`);
  }
}

const UUID = /^[\da-z]{26}$/;
const MADE = "2026-01-05T09:00:00Z";

function id(): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  return [...randomBytes(26)].map((byte) => alphabet[byte % 32]).join("");
}

/** A SCIM filter of the one kind that the server knows: an attribute that equals a text. */
function filtered<T>(
  all: readonly T[],
  filter: string | null,
  nameOf: (each: T) => string,
  shown: (each: T) => object,
) {
  if (filter === null) return ok(all.map(shown));
  // Its own Go client filters vaults by title as well.
  const wanted = /^(?:name|title) eq "(.*)"$/.exec(filter)?.[1];
  if (wanted === undefined) return failed(400, `invalid filter: ${filter}`);
  return ok(all.filter((each) => nameOf(each) === wanted).map(shown));
}

function vaultSummary({ id, name, items }: Vault) {
  const versions = { attributeVersion: 1, contentVersion: 1 };
  return {
    id,
    name,
    ...versions,
    items: items.size,
    type: "USER_CREATED",
    createdAt: MADE,
    updatedAt: MADE,
  };
}

function itemSummary(vault: Vault, { id, title, version }: Item) {
  return {
    id,
    title,
    version,
    vault: { id: vault.id, name: vault.name },
    category: "API_CREDENTIAL",
    createdAt: MADE,
    updatedAt: MADE,
    lastEditedBy: id,
  };
}

function fullItem(vault: Vault, item: Item) {
  // Where the app puts fields that someone adds.
  const section = { id: "add more" };
  return {
    ...itemSummary(vault, item),
    sections: [section],
    fields: [...item.fields].map(([label, value]) => ({
      id: label,
      section,
      type: "CONCEALED",
      label,
      value,
    })),
  };
}

function ok(body: object | string) {
  return { status: 200, body };
}

function failed(status: number, message: string) {
  return { status, body: { status, message } };
}

function send(response: ServerResponse, status: number, body: object | string): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/plain" : "application/json";
  response.writeHead(status, { "content-type": type }).end(text);
}
