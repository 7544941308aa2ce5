import { expect, it } from "vitest";
import { ingress } from "../../config/values/ingress";
import { managedPostgresql, managedRedis, managedRedisWithoutTls } from "../../config/values/managed";
import { secretSources } from "../../config/values/secret-sources";
import { systems } from "../../systems";
import { takesAndRefuses } from "./takes-and-refuses";

const secrets = { key: { description: "A key." } };
const kubernetes = { namespace: "vault", secret: "shop" };
const connect = { host: "https://connect.example", vault: "Platform", item: "shop" };

takesAndRefuses({
  "managed Redis": {
    schema: managedRedis(),
    takes: [
      { host: "cache.acme.internal" },
      { host: "10.20.0.3" },
      { host: "8.8.8.8", cidrs: ["8.8.8.0/24"], tls: false },
      { host: "fd00::3", port: 6380, cidrs: ["10.0.0.0/8", "fd00::/8"] },
    ],
    refuses: [
      [{ host: "cache.acme.internal", cidrs: [] }, /is empty/],
      [{ host: "8.8.8.8" }, /in none of the ranges/],
      [{ host: "fd00::3" }, /in none of the ranges/],
      [{ host: "10.20.0.3", cidrs: ["10.21.0.0/16"] }, /in none of the ranges/],
    ],
  },
  "managed Redis without TLS": {
    schema: managedRedisWithoutTls(),
    takes: [{ host: "10.20.0.3" }],
    refuses: [
      [{ host: "8.8.8.8" }, /in none of the ranges/],
      [{ host: "a.example", tls: true }, /[Uu]nrecognized/],
    ],
  },
  "managed PostgreSQL": {
    schema: managedPostgresql(),
    takes: [{ host: "10.20.0.3", database: "shop", user: "shop" }],
    refuses: [
      [{ host: "8.8.8.8", database: "shop", user: "shop" }, /in none of the ranges/],
      [{ host: "a.example", database: "shop", user: "shop", cidrs: [] }, /is empty/],
    ],
  },
  ingress: {
    schema: ingress(),
    takes: [
      { host: "a.example", cors: { origins: ["*"] }, maxBodySize: "50m" },
      {
        host: "a.example",
        cors: { origins: ["https://b.example", "http://localhost:5173"], credentials: true },
      },
      { host: "a.example", cors: { origins: Array.from({ length: 64 }, (_, n) => `https://b${n}.example`) } },
      { host: "a.example", maxBodySize: "1024" },
    ],
    refuses: [
      [{ host: "a.example", cors: { origins: [] } }, /is empty/],
      [{ host: "a.example", cors: { origins: ["*"], methods: [] } }, /is empty/],
      [{ host: "a.example", cors: { origins: ["*"], credentials: true } }, /every page of the web/],
      [{ host: "a.example", cors: { origins: ["https://b.example/"] } }, /has a path/],
      [{ host: "a.example", cors: { origins: ["https://b..example"] } }, /not an origin/],
      [{ host: "a.example", cors: { origins: ["https://b.example:65536"] } }, /port above 65535/],
      [
        {
          host: "a.example",
          cors: { origins: Array.from({ length: 65 }, (_, n) => `https://b${n}.example`) },
        },
        /has 65 entries/,
      ],
      [{ host: "a.example", maxBodySize: "50" }, /50 bytes: the suffix is missing, as in 50m/],
      [{ host: "a.example", maxBodySize: "1023" }, /the suffix is missing/],
      [{ host: "a.example", maxBodySize: "0m" }, /not a size/],
    ],
  },
  "sources of secrets": {
    schema: secretSources(secrets),
    takes: [
      { source: "external", external: { kubernetes }, keys: { key: { item: "other", field: "KEY_1.a-b" } } },
      {
        source: "external",
        external: { onepasswordConnect: connect },
        keys: { key: { item: "My Secret!" } },
      },
      {
        source: "config",
        onepassword: { vault: "Platform", item: "Shop of Ämter" },
        keys: { key: { source: "onepassword", item: "My Secret!", field: "a field" } },
      },
    ],
    refuses: [
      [
        { source: "external", external: { kubernetes }, keys: { key: { item: "My Secret!" } } },
        /capital letters/,
      ],
      [
        { external: { kubernetes }, keys: { key: { source: "external", field: "a field" } } },
        /not a key of a Secret/,
      ],
      [
        { source: "external", external: { kubernetes }, keys: { key: { field: "..a" } } },
        /not a key of a Secret/,
      ],
      [{ keys: { key: { item: "shop" } } }, /read by nobody/],
      [
        { source: "external", external: { kubernetes }, keys: { key: { source: "config", field: "a" } } },
        /read by nobody/,
      ],
      [
        { source: "onepassword", onepassword: { vault: "Platform", item: "two\nlines" } },
        /not the name of an item/,
      ],
      [{ source: "onepassword", onepassword: { vault: "a/b", item: "shop" } }, /not the name of a vault/],
      [
        {
          source: "external",
          external: { onepasswordConnect: connect, onepasswordServiceAccount: { vault: "V", item: "i" } },
        },
        /names 1Password twice/,
      ],
      [
        {
          source: "external",
          external: { kubernetes },
          keys: { key: { store: "onepasswordConnect" } },
        },
        /is not described/,
      ],
      [{ keys: { key: { store: "kubernetes" } } }, /is not where its value comes from/],
      [{ source: "external", external: {} }, /names no store/],
      [{ source: "external" }, /not said where/],
      [{ external: { kubernetes } }, /no key comes from/],
    ],
  },
});

it("a server's address is told against the ranges that config leaves at their default", () => {
  const { error } = systems.thebot.schema.safeParse({ managedRedis: { host: "8.8.8.8" } });
  expect(error?.issues).toMatchObject([{ path: ["managedRedis", "host"] }]);
});
