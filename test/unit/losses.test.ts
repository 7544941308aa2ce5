import { expect, test } from "vitest";
import type { KubernetesObject } from "../../cluster/api-server";
import { losses } from "../../cluster/comparison/losses";

/** What is said of objects that are there, each as [declared, live]. */
function said(...objects: readonly (readonly [KubernetesObject, KubernetesObject])[]): string[] {
  const own = objects.map(([manifest, live]) => ({ object: { urns: [], resource: "", manifest }, live }));
  return losses(
    own.map(({ object }) => object),
    {
      own,
      created: [],
      changed: [],
      live: {
        of: ({ manifest }) => own.find(({ object }) => object.manifest === manifest)?.live ?? null,
        all: () => [],
        unchecked: [],
      },
      record: new Map(),
    },
  );
}

/** As the API server has it: Pulumi wrote these fields. */
function written(object: KubernetesObject, fieldsV1: object): KubernetesObject {
  const managedFields = [{ manager: "pulumi-kubernetes-1", operation: "Apply", fieldsV1 }];
  return { ...object, metadata: { ...object.metadata, managedFields } };
}

test("a store that leads elsewhere is read at the next refresh, or at once by a command; one that stays is not spoken of", () => {
  const store = (path: string) => ({
    apiVersion: "external-secrets.io/v1",
    kind: "SecretStore",
    metadata: { name: "vault", namespace: "web" },
    spec: { provider: { vault: { path } } },
  });
  expect(said([store("old"), store("old")])).toEqual([]);
  expect(said([store("new"), store("old")])).toEqual([
    expect.stringMatching(
      /^SecretStore web\/vault leads elsewhere, .* kubectl annotate externalsecret --all .* --namespace web$/,
    ),
  ]);
});

test("what runs loses a way out at once, and is told which; a way that comes is not spoken of", () => {
  const policy = (...hosts: readonly string[]) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "backend", namespace: "web" },
    spec: {
      podSelector: { matchLabels: { app: "backend" } },
      egress: hosts.map((cidr) => ({
        to: [{ ipBlock: { cidr } }],
        ports: [{ port: 5432, protocol: "TCP" }],
      })),
    },
  });
  const live = (...hosts: readonly string[]) =>
    written(policy(...hosts), { "f:spec": { "f:egress": {}, "f:podSelector": {} } });
  const [old, next] = ["10.0.0.1/32", "10.0.0.2/32"];
  expect(said([policy(old, next), live(old)])).toEqual([]);
  expect(said([policy(next), live(old)])).toEqual([
    expect.stringMatching(
      /^pods of NetworkPolicy web\/backend that run lose their way out to .*10\.0\.0\.1\/32.* before new ones are ready$/,
    ),
  ]);
});

test("a key that goes to the store, or comes from it, is away for a while", () => {
  const metadata = { name: "secrets", namespace: "web" };
  const secret = (...keys: readonly string[]) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata,
    data: Object.fromEntries(keys.map((key) => [key, "[secret]"])),
  });
  const external = (...keys: readonly string[]) => ({
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata,
    spec: { target: { template: { data: Object.fromEntries(keys.map((key) => [key, "{{ .value }}"])) } } },
  });
  const live = (...keys: readonly string[]) =>
    written(secret(...keys), { "f:data": Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) });
  expect(said([secret("a"), live("a")], [external("b"), external("b")])).toEqual([]);
  expect(said([secret("a"), live("a", "b")], [external("b", "c"), external("c")])).toEqual([
    "Secret web/secrets is without b until the operator brings it: fill the store first, since no pod starts before",
  ]);
  expect(said([secret("a", "b"), live("a")], [external("c"), external("b", "c")])).toEqual([
    expect.stringMatching(/^the operator lets go of b of Secret web\/secrets: docs\/secrets\.md#/),
  ]);
});
