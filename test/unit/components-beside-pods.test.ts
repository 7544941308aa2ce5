import { describe, expect, test } from "vitest";
import { isWithheld } from "../../components/declared-resource";
import { claim } from "../../components/persistent-volume-claim";
import { postgresqlUrl, postgresqlWorkload } from "../../components/postgresql";
import type { SecretSources } from "../../components/secret-sources";
import { objectsOf } from "./objects-of";
import { ingress, mailer, pod, redis, shop } from "./small-system";

// What a system has beside its workloads' pods: stores of secrets, routes, monitors, volumes, a database.

const external = (store: NonNullable<SecretSources["external"]>["store"], token?: string): SecretSources => ({
  values: token ? { [token]: "given" } : {},
  missing: [],
  generated: {},
  external: {
    store,
    refreshInterval: "1h",
    kubectlImage: "kubectl:1",
    keys: {
      "mail-token": { item: "mail", field: "token", store: Object.keys(store)[0] as keyof typeof store },
    },
    ...(token && { token }),
  },
});

describe("the External Secrets Operator", () => {
  test("reads the named Secrets of another namespace, and no others", async () => {
    const { object } = await objectsOf(shop, { secrets: external({ kubernetes: { namespace: "vault" } }) });
    expect(object("SecretStore", "secrets").spec.provider.kubernetes).toMatchObject({
      remoteNamespace: "vault",
      auth: { serviceAccount: { name: "secret-store" } },
    });
    const role = object("Role", "shop-test-secret-store");
    expect(role.metadata.namespace).toBe("vault");
    expect(role.rules).toEqual([
      { apiGroups: [""], resources: ["secrets"], resourceNames: ["mail"], verbs: ["get"] },
    ]);
    expect(object("RoleBinding", "shop-test-secret-store").subjects).toEqual([
      { kind: "ServiceAccount", name: "secret-store", namespace: "shop" },
    ]);
  });

  test("reads a vault of 1Password with a token that nobody sees", async () => {
    const connect = { host: "https://connect.example", vault: "Platform" };
    const { object, resource } = await objectsOf(shop, {
      secrets: external({ onepasswordConnect: connect }, "onepassword-token"),
    });
    const { connectHost, vaults } = object("SecretStore", "secrets").spec.provider.onepassword;
    expect([connectHost, vaults]).toEqual(["https://connect.example", { Platform: 1 }]);
    expect(JSON.stringify(resource("Secret", "secret-store"))).not.toContain("given");
    const { spec } = object("ExternalSecret", "shop-secrets");
    expect(spec).toMatchObject({ refreshInterval: "1h", secretStoreRef: { name: "secrets" } });
  });

  test("makes no store that no key is in", async () => {
    const both = external(
      { onepasswordConnect: { host: "https://connect.example", vault: "Platform" } },
      "onepassword-token",
    );
    const { store, keys } = both.external!;
    const own = { item: "urls", field: "mail", store: "kubernetes" } as const;
    const secrets = {
      ...both,
      external: {
        ...both.external!,
        store: { ...store, kubernetes: { namespace: "vault" } },
        keys: { ...keys, "mail-token": own },
      },
    };
    const { object } = await objectsOf(shop, { secrets });
    // Of 1Password no key is left, so that its store is not made.
    expect(object("SecretStore", "secrets").spec.provider.kubernetes.remoteNamespace).toBe("vault");
    expect(object("SecretStore", "secrets-kubernetes")).toBeUndefined();
    expect(object("Role", "shop-test-secret-store").rules[0].resourceNames).toEqual(["urls"]);
    const { data, secretStoreRef } = object("ExternalSecret", "shop-secrets").spec;
    expect(secretStoreRef.name).toBe("secrets");
    expect(data).toEqual([{ secretKey: "mail-token", remoteRef: { key: "urls", property: "mail" } }]);
  });

  test("is found where it runs beside the cluster", async () => {
    const secrets = external({ onepasswordServiceAccount: { vault: "Platform" } }, "onepassword-token");
    const withAccount = await objectsOf(shop, { secrets });
    expect(withAccount.object("SecretStore", "secrets").spec.provider.onepasswordSDK.vault).toBe("Platform");
    const { object } = await objectsOf(shop, {
      secrets: external({ kubernetes: { namespace: "vault" } }),
      operatorAddresses: { apiServer: "https://127.0.0.1:1" },
      externalSecretsApi: "external-secrets.io/v1beta1",
    });
    const store = object("SecretStore", "secrets");
    expect(store.apiVersion).toBe("external-secrets.io/v1beta1");
    expect(store.spec.provider.kubernetes.server.url).toBe("https://127.0.0.1:1");
  });
});

test("behind a Gateway there is an HTTPRoute for each host, and no Ingress", async () => {
  const gateway = { name: "public", namespace: "gateways", listener: "https" };
  const cors = { origins: ["https://a.example", "*"], methods: ["GET"], credentials: false };
  const { object } = await objectsOf({ ...shop, ingress: { ...ingress, gateway, cors, timeoutSeconds: 90 } });
  const { spec } = object("HTTPRoute", "shop.example.com");
  expect(spec.parentRefs).toEqual([{ name: "public", namespace: "gateways", sectionName: "https" }]);
  expect(spec.hostnames).toEqual(["shop.example.com"]);
  const [rule] = spec.rules;
  expect(rule).toMatchObject({
    matches: [{ path: { type: "PathPrefix", value: "/" } }],
    backendRefs: [{ name: "web", port: 3000 }],
    timeouts: { request: "90s" },
  });
  expect(rule.filters[0].cors.allowOrigins).toEqual(["*"]);
  expect(object("Ingress", "shop")).toBeUndefined();
});

test.each(["gce", "gce-internal"])(
  "GKE's controller takes class %s by the annotation alone",
  async (className) => {
    const { object } = await objectsOf({ ...shop, ingress: { ...ingress, className } });
    const { metadata, spec } = object("Ingress", "shop");
    expect(metadata.annotations).toMatchObject({ "kubernetes.io/ingress.class": className });
    expect(spec).not.toHaveProperty("ingressClassName");
  },
);

test("metrics are scraped where the system is monitored, and nowhere else", async () => {
  const monitoring = {
    namespace: "monitoring",
    labels: { release: "prometheus" },
    exporters: { redis: "redis-exporter:1", postgresql: "postgres-exporter:1" },
    longestQueue: 100,
  };
  const { object } = await objectsOf({ ...shop, monitoring });
  const { metadata, spec } = object("ServiceMonitor", "api");
  expect(metadata.labels).toMatchObject({ release: "prometheus" });
  expect(spec.endpoints).toEqual([{ port: "metrics", path: "/metrics", interval: "30s" }]);
  expect(JSON.stringify(object("NetworkPolicy", "api").spec.ingress)).toContain("monitoring");
  expect(object("ServiceMonitor", "web")).toBeUndefined();
  expect((await objectsOf(shop)).object("ServiceMonitor", "api")).toBeUndefined();
});

test("a claim is kept with its data when the system goes", async () => {
  const media = claim({ name: "media", accessMode: "ReadWriteMany", size: "5Gi", storageClass: "shared" });
  const mounting = { ...mailer, mounts: [{ path: "/media", from: media }] };
  const workloads = [...shop.workloads.filter((one) => one !== mailer), mounting];
  const { object, resource } = await objectsOf({ ...shop, workloads });
  expect(object("PersistentVolumeClaim", "media").spec).toEqual({
    accessModes: ["ReadWriteMany"],
    resources: { requests: { storage: "5Gi" } },
    storageClassName: "shared",
  });
  expect(resource("PersistentVolumeClaim", "media")?.retainOnDelete).toBe(true);
  expect(resource("Namespace", "shop")?.retainOnDelete).toBe(true);
});

test("PostgreSQL has a volume, shared memory, and a password in a Secret of its own", async () => {
  const database = postgresqlWorkload({
    ...pod,
    name: "postgres",
    image: "postgres:15-alpine",
    database: "shop",
    user: "seller",
    storage: { size: "10Gi" },
    sharedMemory: "64Mi",
    probes: redis.probes,
  });
  const secret = { name: "database-secrets", keys: { url: postgresqlUrl(database) } };
  const reader = { ...mailer, environment: { URL: { secret, key: "url" } }, uses: [database] };
  const { object, resource } = await objectsOf(
    { ...shop, ingress: undefined, workloads: [reader, database] },
    {
      secrets: { values: {}, missing: [], generated: {} },
    },
  );
  const { spec } = object("StatefulSet", "postgres");
  expect(spec.volumeClaimTemplates[0].spec.resources.requests).toEqual({ storage: "10Gi" });
  const { securityContext, volumes } = spec.template.spec;
  // The number of the user in the image of Alpine.
  expect(securityContext).toMatchObject({ runAsUser: 70, fsGroup: 70, runAsNonRoot: true });
  expect(JSON.stringify(volumes)).toContain('{"medium":"Memory","sizeLimit":"64Mi"}');
  expect(object("ConfigMap", "postgres-setup").data["setup.sql"]).toContain('OWNER "seller"');
  expect(isWithheld(object("Secret", "postgres").stringData)).toBe(true);
  expect(object("Service", "postgres").spec.ports[0].port).toBe(5432);
  expect(resource("PersistentVolumeClaim", "data-postgres-0")?.retainOnDelete).toBe(true);
});
