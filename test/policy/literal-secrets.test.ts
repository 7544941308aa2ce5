import { describe, expect, test } from "vitest";
import { Field } from "../../policies/field";
import { secretIn, secretNamed } from "../../policies/secrets/secret-shapes";

// Put together here, so that nobody who looks for secrets in the repository finds these.
const of = (...parts: readonly string[]) => parts.join("");
const letters = "aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA1cD3fG5hJ7";

describe("a text", () => {
  test.each([
    ["a private key", of("-----BEGIN OPENSSH PRI", "VATE KEY-----\nb3Bl")],
    ["an access key of AWS", of("AK", "IAQRSTUVWXYZ234567")],
    ["a token of GitHub", of("gh", "p_", letters.slice(0, 36))],
    ["a token of GitLab", of("gl", "pat-", letters.slice(0, 20))],
    ["a token of Slack", of("xo", "xb-1234567890-abcdef")],
    ["a key of Google", of("AI", "za", letters.slice(0, 35))],
    ["a key of Anthropic", of("sk-", "ant-api03-", letters)],
    ["a key of Stripe", of("sk_", "live_", letters.slice(0, 24))],
    ["a token of npm", of("np", "m_", letters.slice(0, 36))],
    ["a token of HashiCorp Vault", of("hv", "s.", letters.slice(0, 28))],
    ["a JSON Web Token", of("ey", "JhbGciOiJIUzI1NiJ9.", "ey", "JzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl")],
    ["a key of Azure Storage", of("Account", "Key=", letters, letters, "==")],
    ["the password of a URL", "redis://:hunter22@redis:6379/0"],
    ["random characters", of("--key=", "Zq3vT9xLw7Rk2MpB8sYd4HcN6fJg")],
  ])("that looks like %s", (what, text) => {
    expect(secretIn(text)).toContain(what);
    expect(secretIn(`before ${text} after`)).toContain(what);
  });

  test.each([
    "postgres://web:$(PASSWORD)@db:5432/web",
    of("amqp://user:$", "{RABBIT_PASSWORD}@rabbit"),
    "https://example.com:8443/path@2x",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "4b7c651a68a414e19d1e90a8e8e2c01eb10cc24c",
    "django_celery_beat.schedulers:DatabaseScheduler",
    "com.example.shop.configuration.ApplicationConfigurationV2Factory",
    "/usr/local/lib/python3.11/site-packages/OpenSSL/crypto.py",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_AES_128_GCM_SHA256",
    "JobSpawner__TtlSecondsAfterFinished",
    of("-----BEGIN CERT", "IFICATE-----\nZq3vT9xLw7Rk2MpB8sYd4HcN6fJg\n-----END CERTIFICATE-----"),
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    // Random, but of one sort of letters, or of two.
    "ZQ3VT9XLW7RK2MPB8SYD4HCN6FJG",
    "zq3vt9xlw7rk2mpb8syd4hcn6fjg",
    "ZqCvTaxLwGRkUMpBisYdXHcNofJg",
    "0a1B2c3D4e5F6A7b8C9d0E1f2a3B4c5D",
    // Of all three, and in an order, or the same over again.
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "aB1aB1aB1aB1aB1aB1aB1aB1",
    // What is that long is a file.
    "Zq3vT9xLw7Rk2MpB8sYd4HcN6fJg".repeat(19),
  ])("that looks like none: %s", (text) => {
    expect(secretIn(text)).toBeUndefined();
  });
});

describe("a name", () => {
  test.each([
    "POSTGRES_PASSWORD",
    "password",
    "smtp-password",
    "ApiKey",
    "slackToken",
    "client.secret",
    "AWS_SECRET_ACCESS_KEY",
  ])("that makes a secret of its value: %s", (name) => expect(secretNamed(name, "hunter22")).toBe(true));

  test.each([
    "PASSWORD_FILE",
    "SECRET_NAME",
    "TOKEN_TTL",
    "tokenizer",
    "KEYCLOAK_REALM",
    "SECRETS_PATH",
    "MONKEY",
  ])("that does not: %s", (name) => expect(secretNamed(name, "hunter22")).toBe(false));

  test.each([
    "",
    "true",
    "4096",
    "10m",
    "/run/secrets/token",
    of("$", "{TOKEN}"),
    "$(TOKEN)",
    "{{ .token }}",
    "<token>",
    "change-me",
    "your-token",
    "https://vault",
    "$TOKEN",
    "[token]",
    "%TOKEN%",
    "{token}",
    "xxxx",
    "****",
    "....",
    "----",
    "changeme",
    "example-token",
    "a Basic hunter22",
  ])("says nothing of %j", (value) => expect(secretNamed("TOKEN", value)).toBe(false));

  // What only begins or ends as such a value does is one of a person.
  test.each([
    " hunter22\n",
    "Basic hunter22",
    "trueblue",
    "4096ab",
    "hunter/22",
    "hunter-https://22",
    "pa$word",
    "$pa-word",
    "a<b>",
    "<a>b",
    "a[b]",
    "[a]b",
    "a%b%",
    "%a%b",
    "a{b}",
    "{a}b",
    "maxx",
    "xman",
    "not-your-token",
    "my-example",
  ])("makes a secret of %j", (value) => expect(secretNamed("TOKEN", value)).toBe(true));
});

describe("a field in a message", () => {
  const shown = (value: unknown) => `${new Field({ spec: value }).at("spec")}`;

  test("does not show what looks like a secret, in a list neither", () => {
    const token = of("gh", "p_", letters.slice(0, 36));
    for (const value of [token, ["a", token], "redis://:hunter22@redis:6379/0"])
      expect(shown(value)).toBe("is set (not shown: it may be a secret)");
    expect(`${new Field({ password: "hunter22" }).at("password")}`).not.toContain("hunter22");
  });

  test("shows everything else", () => {
    expect(shown("web:latest")).toBe('is "web:latest"');
    expect(shown(["NET_ADMIN"])).toBe('is ["NET_ADMIN"]');
  });
});
