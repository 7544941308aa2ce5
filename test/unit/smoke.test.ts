import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import type { ServiceDeclaration } from "../../components/service";
import { type Ask, ask, smokeJob } from "../../components/smoke";
import { DeclarationError, systemGraph } from "../../components/system-graph";
import { freePort } from "./free-port";
import { objectsOf } from "./objects-of";
import { shop, untyped } from "./small-system";

// Without secrets, so that all of it is known before an update.
const site = (changed: Partial<ServiceDeclaration> = {}) =>
  untyped({ name: "site", environment: {}, uses: [], ...changed });

const systemOf = (workload: ReturnType<typeof site>, asks: readonly Ask[] = [ask(workload, root)]) => ({
  ...shop,
  workloads: [workload],
  ingress: undefined,
  smoke: { image: "curl:8", asks },
});
const root = { path: "/", port: "http" } as const;

test("it is let in to what it asks, by the port of the Service, and reaches nothing else", async () => {
  const { object, job } = await made(site({ servicePorts: { http: 80 } }));
  expect(job.spec.template.spec.containers[0].command[2]).toContain("'http://site:80/'");
  const peer = (component: string) => [
    { podSelector: { matchLabels: expect.objectContaining({ "app.kubernetes.io/component": component }) } },
  ];
  expect(object("NetworkPolicy", "smoke").spec.egress[1]).toMatchObject({ to: peer("site") });
  expect(object("NetworkPolicy", "smoke").spec.egress).toHaveLength(2);
  expect(object("NetworkPolicy", "site").spec.ingress).toMatchObject([{ from: peer("smoke") }]);
});

test("it runs again when pods are rolled, and not when there are more of them", async () => {
  const rolled = async (changed: Partial<ServiceDeclaration>) => {
    const { job } = await made(site(changed));
    return [job.metadata.name, job.spec.template.metadata.annotations["muster.dev/rollouts"]];
  };
  const before = await rolled({});
  expect(before[1]).toMatch(/^[0-9a-f]{16}$/);
  expect(await rolled({ scale: { replicas: 5 } })).toEqual(before);
  expect(await rolled({ image: "shop:2" })).not.toEqual(before);
  expect(await rolled({ environment: { LEVEL: "debug" } })).not.toEqual(before);
});

test("it comes after everything, and a port or a service that is not there is said", () => {
  const asked = site();
  const { workloads } = systemGraph(systemOf(asked));
  expect(workloads.map(({ name }) => name)).toEqual(["site", "smoke"]);
  const wrong = [
    { of: asked, path: "/", port: "htpp" },
    { of: site({ name: "nobody" }), ...root },
  ];
  const { findings } = thrownBy(() => systemGraph(systemOf(asked, wrong)));
  expect(findings.map(({ path }) => path).sort()).toEqual(["smoke.asks", "smoke.uses"]);
});

test("an answer may take longer than the probes of its workload allow, and the Job has time for all of them", () => {
  const timing = (timeoutSeconds: number) => ({ check: root, periodSeconds: 10, timeoutSeconds });
  const asks = [
    ask(site({ readiness: timing(10), liveness: timing(30) }), root),
    ask(site({ name: "slow", readiness: undefined, liveness: timing(30) }), root),
    ask(site({ name: "quick", readiness: timing(1) }), root),
  ];
  const job = smokeJob({ image: "curl:8", asks }, [], { imagePullSecrets: [], placement: {} });
  const seconds = [...job.command![2]!.matchAll(/--max-time (\d+)/g)].map(([, each]) => Number(each));
  expect(seconds).toEqual([12, 32, 5]);
  // Both pods, each of which asks again for 40 s.
  const asking = seconds.reduce((sum, each) => sum + 40 + each, 0);
  expect(job.activeDeadlineSeconds).toBeGreaterThan((job.backoffLimit + 1) * asking + 120);
});

test("it says what each path answered, and fails where one did not answer well", async () => {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const later = request.url === "/429" ? { "Retry-After": "3600" } : {};
    response.writeHead(Number(request.url!.slice(1)), later).end("what nobody wants to see");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const on = (path: string, ports = { http: port, none: 1 }) => ({ of: { name: "127.0.0.1", ports }, path });
  try {
    const well = await run([
      { ...on("/200"), port: "http", headers: { Host: "shop.example.com", "X-It's": "me" } },
      { ...on("/302"), port: "http" },
    ]);
    expect(well).toEqual({
      exitCode: 0,
      said: [
        `well: http://127.0.0.1:${port}/200 answered 200`,
        `well: http://127.0.0.1:${port}/302 answered 302`,
      ],
    });
    expect(requests[0]!.headers).toMatchObject({ host: "shop.example.com", "x-it's": "me" });

    const nobody = await freePort();
    const notWell = await run([
      { ...on("/429"), port: "http" },
      { ...on("/503"), port: "http" },
      { ...on("/", { http: nobody, none: 1 }), port: "http" },
      { ...on("/200"), port: "http" },
    ]);
    expect(notWell).toEqual({
      exitCode: 1,
      said: [
        `NOT WELL: http://127.0.0.1:${port}/429 answered 429`,
        `NOT WELL: http://127.0.0.1:${port}/503 answered 503`,
        expect.stringMatching(`^NOT WELL: http://127.0.0.1:${nobody}/ did not answer: .*onnect`),
        `well: http://127.0.0.1:${port}/200 answered 200`,
      ],
    });
  } finally {
    server.close();
  }
});

async function made(workload: ReturnType<typeof site>) {
  const { object, objects } = await objectsOf(systemOf(workload));
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they know is there
  const job = objects.find(({ inputs }) => inputs.kind === "Job")!.inputs as any;
  return { object, job };
}

function thrownBy(run: () => unknown): DeclarationError {
  try {
    run();
  } catch (error) {
    if (error instanceof DeclarationError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

/** Runs what the container runs, with a curl that does not wait before it tries again. */
async function run(asks: readonly Ask[]) {
  const { command = [] } = smokeJob({ image: "curl:8", asks }, [], { imagePullSecrets: [], placement: {} });
  const directory = mkdtempSync(join(tmpdir(), "smoke-"));
  try {
    const { stdout: curl } = await execa("sh", ["-c", "command -v curl"]);
    writeFileSync(join(directory, "curl"), `#!/bin/sh\nexec ${curl} "$@" --retry 1 --retry-delay 0\n`);
    chmodSync(join(directory, "curl"), 0o755);
    const env = { PATH: `${directory}${delimiter}${process.env.PATH}` };
    const { exitCode, stdout } = await execa(command[0]!, command.slice(1), { env, reject: false });
    return { exitCode, said: stdout.split("\n") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
