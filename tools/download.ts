import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { Failure } from "./failure";
import type { Download } from "./parts";
import { clear, sayProgress } from "./progress";

/**
 * Puts a published file's programs into a folder, once its SHA-256 is the published one.
 * False where the network does not allow it, or nothing is published to verify it by: it has to be built then. A page
 * in the place of a file is the network's too: a portal asks there for a login, or a proxy says no.
 */
export async function download(
  { url, sha256, files }: Download,
  into: string,
  title: string,
): Promise<boolean> {
  if (!(await isReachable(url))) return false;
  const expected = await published(sha256, url);
  if (expected === undefined) return false;
  const content = await fetchWhole(url, title);
  if (content === undefined) return false;
  if (isPage(content)) return false;
  const actual = createHash("sha256").update(content).digest("hex");
  if (actual !== expected)
    throw new Failure(
      `${title}: what came from ${url} is not what was published.\n  SHA-256 ${actual}\n  published ${expected}\nTry again; if it stays so, something on the way changes downloads: use another network.`,
    );
  await unpack(content, files, into);
  return true;
}

/** Asked once a host, and answered soon: a network that drops packets must not hold up the build. */
function isReachable(url: string): Promise<boolean> {
  const { origin } = new URL(url);
  let answer = reachable.get(origin);
  if (answer === undefined) {
    answer = fetch(origin, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(2_000) }).then(
      () => true,
      () => false,
    );
    reachable.set(origin, answer);
  }
  return answer;
}

const reachable = new Map<string, Promise<boolean>>();

async function published(sha256: Download["sha256"], url: string): Promise<string | undefined> {
  if ("url" in sha256) return digestIn(await fetchText(sha256.url));
  const release = await fetchText(
    `https://api.github.com/repos/${sha256.repository}/releases/tags/${sha256.tag}`,
  );
  if (release === undefined || isPage(release)) return undefined;
  const { assets } = JSON.parse(release) as {
    assets: { browser_download_url: string; digest?: string | null }[];
  };
  const digest = assets.find((asset) => asset.browser_download_url === url)?.digest;
  return digestIn(digest?.replace(/^sha256:/, ""));
}

/** What begins as a SHA-256 does, as `sha256sum` writes it. */
function digestIn(text: string | undefined): string | undefined {
  return /^\s*([0-9a-f]{64})\b/.exec(text ?? "")?.[1];
}

function isPage(content: Buffer | string): boolean {
  return /^\s*<(?:!doctype|html)/i.test(content.slice(0, 200).toString());
}

async function fetchText(url: string): Promise<string | undefined> {
  return (await fetchWhole(url))?.toString();
}

async function fetchWhole(url: string, title?: string): Promise<Buffer | undefined> {
  try {
    const response = await fetch(url);
    if (!response.ok || response.body === null) return undefined;
    const total = Number(response.headers.get("content-length"));
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body) {
      chunks.push(chunk);
      received += chunk.length;
      if (title && total) sayProgress(`${title}: downloading, ${Math.round((100 * received) / total)} %`);
    }
    return Buffer.concat(chunks);
  } catch {
    return undefined; // the network went away: building needs none of it
  } finally {
    clear();
  }
}

async function unpack(content: Buffer, files: Download["files"], into: string): Promise<void> {
  if (typeof files.program === "string") {
    writeFileSync(join(into, files.program), content, { mode: 0o755 });
    return;
  }
  const folder = mkdtempSync(join(into, "archive-"));
  await execa("tar", ["-xzf", "-", "-C", folder], { input: content });
  for (const [path, program] of Object.entries(files)) {
    copyFileSync(join(folder, path), join(into, program));
    chmodSync(join(into, program), 0o755);
  }
  rmSync(folder, { recursive: true });
}
