import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { download } from "../../tools/download";

const program = "#!/bin/sh\necho hello\n";
const sha256 = createHash("sha256").update(program).digest("hex");

let into: string;
let server: Server;

beforeEach(() => {
  into = mkdtempSync(join(tmpdir(), "muster-download-"));
});
afterEach(() => {
  server?.close();
  rmSync(into, { recursive: true });
});

/** A site that publishes files, by path. */
async function site(files: Record<string, string>): Promise<string> {
  server = createServer((request, response) => {
    const content = files[request.url ?? ""];
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fetched(origin: string): Promise<boolean> {
  const url = `${origin}/hello`;
  return download({ url, sha256: { url: `${url}.sha256` }, files: { program: "hello" } }, into, "hello 1.0");
}

test("a program whose checksum is the published one is there, and can be run", async () => {
  expect(await fetched(await site({ "/hello": program, "/hello.sha256": `${sha256}  hello\n` }))).toBe(true);
  expect(readFileSync(join(into, "hello"), "utf8")).toBe(program);
  expect(statSync(join(into, "hello")).mode & 0o111).toBe(0o111);
});

test("a program that is not what was published is refused, and nothing of it is kept", async () => {
  const origin = await site({ "/hello": `${program}# changed\n`, "/hello.sha256": sha256 });
  await expect(fetched(origin)).rejects.toThrow(/hello 1\.0: .* is not what was published.*published/s);
  expect(existsSync(join(into, "hello"))).toBe(false);
});

test("a program without a published checksum is not downloaded", async () => {
  expect(await fetched(await site({ "/hello": program }))).toBe(false);
  expect(existsSync(join(into, "hello"))).toBe(false);
});

const page = "<!DOCTYPE html>\n<html><title>Log in to Hotel Wi-Fi</title></html>";

test.each([
  ["of both", { "/hello": page, "/hello.sha256": page }],
  ["of the program", { "/hello": page, "/hello.sha256": sha256 }],
  ["of the checksum", { "/hello": program, "/hello.sha256": page }],
])("a portal's page in the place %s is nothing to run, and no error", async (_, files) => {
  expect(await fetched(await site(files))).toBe(false);
  expect(existsSync(join(into, "hello"))).toBe(false);
});

test("where nothing can be reached the answer comes soon", async () => {
  const origin = await site({});
  server.close();
  const begin = Date.now();
  expect(await fetched(origin)).toBe(false);
  expect(Date.now() - begin).toBeLessThan(4_000);
});
