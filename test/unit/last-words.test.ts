import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { ApiServer, type KubernetesObject } from "../../cluster/api-server";
import { lastWordsInWords, reasonsInWords } from "../../cluster/status/in-words";
import { withLastWords } from "../../cluster/status/last-words";
import { mask } from "../../cluster/status/mask";
import { workloadStatus } from "../../cluster/status/workload";

describe("a secret is hidden", () => {
  const password = 'p/s+w ö&"d\\<7>';
  const hide = mask([password, "", "ab1", "postgres://shop:Str0ng%2Fone@db:5432/shop"]);

  const forms: Record<string, string> = {
    plain: password,
    base64: Buffer.from(password).toString("base64"),
    "base64 in a URL": Buffer.from(password).toString("base64url"),
    "base64, percent-encoded": encodeURIComponent(Buffer.from(password).toString("base64")),
    hex: Buffer.from(password).toString("hex"),
    "percent-encoded": encodeURIComponent(password),
    "percent-encoded in small letters": encodeURIComponent(password).replace(/%../g, (hex) =>
      hex.toLowerCase(),
    ),
    "percent-encoded twice": encodeURIComponent(encodeURIComponent(password)),
    "a form's": new URLSearchParams([["p", password]]).toString().slice(2),
    JSON: JSON.stringify(password).slice(1, -1),
    "JSON in JSON": JSON.stringify(JSON.stringify(password)).slice(3, -3),
    "JSON as Go and .NET write it": JSON.stringify(password)
      .slice(1, -1)
      .replace(/[<>&+ö]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`),
    HTML: "p/s+w ö&amp;&quot;d\\&lt;7&gt;",
  };

  test.each(Object.entries(forms))("as %s", (_, form) => {
    expect(hide(`with ${form} in it`)).toBe("with [secret] in it");
  });

  test.each([1, 2, 3])("in the base64 of a longer text, from its byte %i on", (length) => {
    const hidden = hide(Buffer.from(`${"x".repeat(length)}${password}:more`).toString("base64"));
    expect(hidden).toContain("[secret]");
    expect(Buffer.from(hidden.replace(/\[secret\].*/, ""), "base64").toString()).not.toContain("p/s");
  });

  test("with the password in a URL, alone too, and a short one where it is a word", () => {
    expect(hide("Str0ng%2Fone or Str0ng/one")).toBe("[secret] or [secret]");
    expect(hide("key=ab1, not in grab1")).toBe("key=[secret], not in grab1");
  });

  test("line by line, and by the texts in a JSON", () => {
    const hidden = mask(["-----BEGIN KEY-----\nMIIabcdef\n", '{"auth":"dXNlcjpwYXNz"}']);
    expect(hidden("at MIIabcdef")).toBe("at [secret]");
    expect(hidden("Basic dXNlcjpwYXNz")).toBe("Basic [secret]");
  });

  test("and nothing else", () => {
    const text = "Listening on :8080, 200 OK /health?x=1 %20 \\n";
    expect(hide(text)).toBe(text);
    expect(mask([])(text)).toBe(text);
  });
});

describe("what is said of several pods alike is said once", () => {
  const refusal = (name: string) => ({
    reason: "FailedCreate",
    message: `Error creating: pods "${name}" is forbidden: exceeded quota: full`,
  });
  const waiting = (
    name: string,
    message = `back-off 10s restarting failed container=web pod=${name}_shop`,
  ) => ({
    name,
    because: [{ reason: "CrashLoopBackOff", message }],
    failed: [],
    isStuck: true,
  });

  test("with their number, and the first of them by name", () => {
    const refused = ["web-a", "web-b", "web-c"].map(refusal);
    const notReady = [...["web-1", "web-2", "web-3"].map((name) => waiting(name)), waiting("web-4", "other")];
    expect(reasonsInWords({ refused, notReady })).toEqual([
      "FailedCreate: Error creating: a pod is forbidden: exceeded quota: full (3 times)",
      "web-1, web-2 and 1 more",
      "  CrashLoopBackOff: back-off 10s restarting failed container=web pod=web-1_shop",
      "web-4",
      "  CrashLoopBackOff: other",
    ]);
  });

  test("to whoever has heard it nothing more is said, however many they have become", () => {
    const heard = new Set<string>();
    const isNew = (reason: string) => !heard.has(reason) && Boolean(heard.add(reason));
    const one = { refused: [refusal("web-a")], notReady: [waiting("web-1")] };
    expect(reasonsInWords(one, isNew)).toHaveLength(3);
    const more = { refused: ["web-a", "web-b"].map(refusal), notReady: [waiting("web-2"), waiting("web-3")] };
    expect(reasonsInWords(more, isNew)).toEqual([]);
  });
});

describe("why a container failed", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** What an API server answers by path; 404 to everything else. */
  async function serving(answers: Readonly<Record<string, string | number>>): Promise<ApiServer> {
    server = createServer(({ url }, response) => {
      const answer = answers[url!] ?? 404;
      if (typeof answer === "number") response.writeHead(answer).end(JSON.stringify({ message: "refused" }));
      else response.end(answer);
    });
    await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
    return new ApiServer({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  }

  const crashed = (name: string): KubernetesObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: "web" } },
    status: {
      conditions: [{ type: "Ready", status: "False" }],
      containerStatuses: [
        {
          name: "web",
          state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 20s" } },
          lastState: { terminated: { exitCode: 3, reason: "Error", message: "no login as hush-hush\n" } },
        },
      ],
    },
  });
  const deployment: KubernetesObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { replicas: 2, selector: { matchLabels: { app: "web" } } },
  };
  const objects = [deployment, crashed("web-1"), crashed("web-2")];
  const status = workloadStatus(deployment, {
    of: (...kinds) => objects.filter(({ kind }) => kinds.some((each) => each === kind)),
  });

  const secrets = "/api/v1/namespaces/shop/secrets";
  const log =
    "/api/v1/namespaces/shop/pods/web-2/log?container=web&previous=true&tailLines=12&limitBytes=262144";
  const said = async (answers: Readonly<Record<string, string | number>>) => {
    const [found] = await withLastWords([status], await serving(answers), "shop");
    return [...reasonsInWords(found!), ...found!.lastWords.flatMap(lastWordsInWords)].join("\n");
  };
  const oneSecret = JSON.stringify({ items: [{ data: { password: btoa("hush-hush") } }] });

  test("is told by its exit code, its message and the log of the one that crashed, once for pods that fail alike", async () => {
    expect(await said({ [secrets]: oneSecret, [log]: "starting\nuser:hush-hush refused\n" })).toBe(
      [
        "web-1, web-2",
        "  CrashLoopBackOff: back-off 20s",
        "container web of web-2 ended with exit code 3: no login as [secret]",
        "  the end of its log, before it was restarted:",
        "    starting",
        "    user:[secret] refused",
      ].join("\n"),
    );
  });

  test("is told without what it said, where the values of Secrets cannot be hidden", async () => {
    const text = await said({ [secrets]: 403, [log]: "user:hush-hush refused" });
    expect(text).toMatch(/ended with exit code 3\n {2}its log is not shown/);
    expect(text).not.toContain("hush");
  });

  test("is told where its log is gone", async () => {
    const text = await said({ [secrets]: oneSecret, [log]: 400 });
    expect(text).toMatch(
      /ended with exit code 3: no login as \[secret\]\n {2}its log could not be read: refused/,
    );
  });
});
