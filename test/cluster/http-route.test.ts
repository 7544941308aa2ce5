import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { goInstalled, httpRoutes, serve } from "../harness/custom-resources";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { openConnections, podIn } from "./connectivity";

// An ingress that is served by a Gateway: the API server holds its routes to the schema of the Gateway API's release.
describe.skipIf(!goInstalled)("wbot behind a Gateway (needs go on PATH)", () => {
  const namespace = "wbot";
  const api = kubernetes();
  const routes = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`;
  let workspace: Workspace;
  let gatewayApi: Awaited<ReturnType<typeof serve>> | undefined;

  beforeAll(async () => {
    workspace = await createWorkspace("prod", { only: "wbot" });
    await configure({ "gateway.name": "public", "gateway.namespace": "gateways", maxBodySize: "20m" });
    await configure({ 'annotations["nginx.ingress.kubernetes.io/proxy-buffering"]': "off" });
  });
  afterEach(async () => {
    await gatewayApi?.stop();
    gatewayApi = undefined;
  });
  afterAll(() => workspace.dispose());

  test("a cluster without the Gateway API is told so at preview, and nothing is made", async () => {
    const { exitCode, output } = await workspace.pulumi("preview");
    expect(exitCode).not.toBe(0);
    expect(output).toContain("muster:wbot.ingress.gateway needs the Gateway API and a controller for it");
    expect(output).not.toMatch(/\n {4}at /);
  });

  test("preview names each thing that an HTTPRoute cannot say", async () => {
    gatewayApi = await serve(httpRoutes("v1.5.1"));
    const { exitCode, output } = await workspace.pulumi("preview");
    expect(exitCode, output).toBe(0);
    const warning = output.slice(output.indexOf("an HTTPRoute cannot say the following"));
    for (const setting of [
      "tls: the certificate is the listener's, and plain HTTP is answered",
      "issuer letsencrypt-prod:",
      "requestsPerSecond 10:",
      "maxBodySize 20m:",
      "annotations nginx.ingress.kubernetes.io/proxy-buffering:",
    ])
      expect(warning).toContain(setting);
    expect(warning).not.toContain("cors");
  });

  test("the API server takes a route for the host, with paths, ports, timeouts and CORS", async () => {
    gatewayApi = await serve(httpRoutes("v1.5.1"));
    await up();
    const all = await api.list(routes);
    expect(all.map(({ metadata }) => metadata.name)).toEqual(["wbot.example.com"]);
    const { spec } = all[0]!;
    expect(spec.parentRefs).toMatchObject([{ kind: "Gateway", name: "public", namespace: "gateways" }]);
    expect(spec.hostnames).toEqual(["wbot.example.com"]);
    expect(spec.rules.map(ruleOf)).toEqual([
      ["PathPrefix /api", "wbot-ai:8000", "3600s"],
      ["PathPrefix /health", "wbot-ai:8000", "3600s"],
      ["PathPrefix /", "wbot-web:80", "3600s"],
    ]);
    for (const { filters } of spec.rules)
      expect(filters).toMatchObject([
        {
          type: "CORS",
          cors: {
            allowOrigins: ["https://wbot.example.com"],
            allowMethods: ["GET", "POST", "PUT", "DELETE", "OPTIONS"],
            allowHeaders: expect.arrayContaining(["Authorization", "Content-Type"]),
            allowCredentials: true,
          },
        },
      ]);
    expect(await api.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`)).toEqual([]);
    await up("--expect-no-changes");
    expect(await entrances()).toEqual(["gateways → wbot-ai TCP 8000", "gateways → wbot-web TCP 3000"]);

    // A listener, and proxies that live elsewhere, as Envoy Gateway's do.
    await configure({ "gateway.listener": "https", "gateway.proxyNamespace": "envoy-gateway-system" });
    const output = await up();
    expect(output).toContain("tls: the certificate is the listener's, and plain HTTP is not sent to HTTPS");
    expect((await api.list(routes))[0]!.spec.parentRefs).toMatchObject([{ sectionName: "https" }]);
    expect(await entrances()).toEqual([
      "envoy-gateway-system → wbot-ai TCP 8000",
      "envoy-gateway-system → wbot-web TCP 3000",
    ]);
    await workspace.succeeds("destroy", "--yes", "--skip-preview");
  });

  test("where HTTPRoutes know no CORS, that is said, and the rest runs", async () => {
    gatewayApi = await serve(httpRoutes("v1.4.1"));
    const output = await up();
    expect(output).toContain("left out: muster:wbot.ingress.cors needs Gateway API 1.5 or newer");
    const [route] = await api.list(routes);
    expect(route!.spec.rules.map(({ filters }: { filters?: object }) => filters)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await workspace.succeeds("destroy", "--yes", "--skip-preview");
  });

  test("each host of a system has a route of its own", async () => {
    gatewayApi = await serve(httpRoutes("v1.5.1"));
    const thebot = await createWorkspace("prod", { only: "thebot" });
    const gateway = "muster:thebot.ingress.gateway";
    await thebot.succeeds("config", "set", "--path", `${gateway}.name`, "public");
    await thebot.succeeds("config", "set", "--path", `${gateway}.namespace`, "gateways");
    const { steps } = JSON.parse(await thebot.succeeds("preview", "--json"));
    const made: KubernetesObject[] = steps.flatMap(
      ({ newState }: { newState?: { inputs?: KubernetesObject } }) => newState?.inputs ?? [],
    );
    await thebot.dispose();
    const hosts = made.filter(({ kind }) => kind === "HTTPRoute").map(({ spec }) => spec.hostnames);
    expect(hosts.sort()).toEqual([["api.thebot.com"], ["thebot.com"], ["www.thebot.com"]]);
    expect(made.filter(({ kind }) => kind === "Ingress")).toEqual([]);
  });

  async function up(...flags: string[]): Promise<string> {
    const flagsOfAll = ["--yes", "--skip-preview", "--policy-pack", "policies"];
    const { exitCode, output } = await workspace.pulumi("up", ...flagsOfAll, ...flags);
    expect(exitCode, output).toBe(0);
    return output;
  }

  async function configure(settings: Readonly<Record<string, string>>) {
    for (const [path, value] of Object.entries(settings)) {
      const key = `muster:wbot.ingress.${path}`;
      await workspace.succeeds("config", "set", "--plaintext", "--path", key, value);
    }
  }

  /** Every connection from another namespace that the network lets in. */
  async function entrances(): Promise<string[]> {
    const policies = await api.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`);
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    const ours = pods.map(({ metadata }) => [
      metadata.labels["app.kubernetes.io/component"],
      podIn(namespace, metadata.labels),
    ]);
    const elsewhere = ["gateways", "ingress-nginx", "envoy-gateway-system"];
    const others = Object.fromEntries(elsewhere.map((name) => [name, podIn(name)]));
    const ports = [80, 443, 3000, 6379, 8000].map((port) => ["TCP", port] as const);
    const open = openConnections(policies, Object.fromEntries(ours), others, ports);
    return open.filter((line) => elsewhere.some((name) => line.startsWith(`${name} →`)));
  }

  function ruleOf({ matches, backendRefs, timeouts }: KubernetesObject["spec"]) {
    const [{ path }] = matches;
    const [{ name, port }] = backendRefs;
    return [`${path.type} ${path.value}`, `${name}:${port}`, timeouts.request];
  }
});
