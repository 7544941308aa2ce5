import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiServer, type KubernetesObject } from "../../cluster/api-server";
import { missingRights } from "../../cluster/rights";
import { inText } from "../../commands/doctor/finding";

const object = (apiVersion: string, kind: string, namespace?: string): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: "x", namespace },
});

const paths: Readonly<Record<string, string>> = {
  Namespace: "/api/v1/namespaces",
  Deployment: "/apis/apps/v1/namespaces/shop/deployments",
  Pod: "/api/v1/namespaces/shop/pods",
};
const kinds = { collection: ({ kind }: { kind: string }) => paths[kind] };

const asked: string[] = [];
let server: Server;
let api: ApiServer;

/** An API server whose user may do everything but change Deployments and delete Namespaces. */
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { verb, group, resource, namespace } = JSON.parse(body).spec.resourceAttributes;
    asked.push([verb, resource, group, namespace].filter(Boolean).join(" "));
    const refused =
      (resource === "deployments" && ["patch", "create"].includes(verb)) ||
      (resource === "namespaces" && verb === "delete");
    response.end(JSON.stringify({ status: { allowed: !refused } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  api = new ApiServer({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
});
afterAll(() => server.close());

test("every right that the declared objects take is asked for once, and no other", async () => {
  const declared = [
    object("v1", "Namespace"),
    object("apps/v1", "Deployment", "shop"),
    object("apps/v1", "Deployment", "shop"),
    object("example.com/v1", "NotServed", "shop"),
  ];
  const { asked: count, missing } = await missingRights(declared, { api, kinds });
  expect(missing).toEqual([
    { resource: "namespaces", namespace: undefined, verbs: ["delete"] },
    { resource: "deployments.apps", namespace: "shop", verbs: ["create", "patch"] },
  ]);
  expect(asked.sort()).toEqual(
    [
      ...["get", "list", "create", "patch", "delete"].flatMap((verb) => [
        `${verb} namespaces`,
        `${verb} deployments apps shop`,
      ]),
      "list pods shop",
      "watch pods shop",
    ].sort(),
  );
  expect(count).toBe(asked.length);
});

test("each finding is told with what mends it", () => {
  const text = inText([
    {
      name: "this machine",
      findings: [{ what: "Node.js 22.1.0" }, { what: "no kubectl", mend: "Install it\nand try" }],
    },
    { name: "the cluster", findings: [{ what: "it answers" }] },
  ]);
  expect(text).toBe(
    [
      "this machine",
      "  ✓ Node.js 22.1.0",
      "  ✗ no kubectl",
      "      Install it",
      "      and try",
      "",
      "the cluster",
      "  ✓ it answers",
    ].join("\n"),
  );
});
