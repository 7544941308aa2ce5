import { expect, it } from "vitest";
import { cidr, within } from "../../config/values/cidr";
import { cron } from "../../config/values/cron";
import { environmentName } from "../../config/values/environment-name";
import { host, hostOrAddress } from "../../config/values/host";
import { image, parseImage } from "../../config/values/image";
import { annotations, labelKey, labels, labelValue, ownLabels } from "../../config/values/label";
import { dnsLabel, namespaceName, priorityClassName, storageClassName } from "../../config/values/name";
import { placement } from "../../config/values/placement";
import { ownSqlDatabase, ownSqlUser } from "../../config/values/sql-name";
import { url } from "../../config/values/url";
import { takesAndRefuses } from "./takes-and-refuses";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const label63 = "a".repeat(63);

takesAndRefuses({
  cron: {
    schema: cron(),
    takes: [
      "30 2 * * *",
      "*/15 * * * *",
      "0 9-17/2 1,15 JAN-jun MON-FRI",
      "0 0 29 2 *",
      "@daily",
      "0\t0  1 * *",
      "5/15 * * * *",
      "0 0 ? * 0",
    ],
    refuses: [
      ["0 0 30 2 *", /never comes/],
      ["60 * * * *", /out of range/],
      ["* * * * 7", /7 as a day/],
      ["0 0 * * MON-7", /7 as a day/],
      ["* * * * * *", /6 fields/],
      ["* * * *", /4 fields/],
      ["@reboot", /macro/],
      ["TZ=Europe/Berlin 0 2 * * *", /timeZone/],
      ["0 0 L * *", /letters/],
      ["*/0 * * * *", /out of range/],
      ["5-1 * * * *", /out of range/],
      ["0 0 * * MONDAY", /three letters/],
      ["0 0 * FOO *", /out of range/],
      ["0 0 * * 5#2", /not a cron schedule/],
      ["", /empty/],
    ],
  },
  "database of an own PostgreSQL": {
    schema: ownSqlDatabase(),
    takes: ["thebot", "a_1", "select"],
    refuses: [
      ["postgres", /in every PostgreSQL/],
      ["template1", /in every PostgreSQL/],
      ["My-App", /a name of PostgreSQL's/],
    ],
  },
  "user of an own PostgreSQL": {
    schema: ownSqlUser(),
    takes: ["thebot_user", "user", "postgres_app"],
    refuses: [
      ["postgres", /superuser/],
      ["pg_app", /keeps for itself/],
      ["public", /keeps for itself/],
      ['a"; DROP ROLE b', /a name of PostgreSQL's/],
    ],
  },
  host: {
    schema: host(),
    takes: ["agentsmith.yourcompany.com", "localhost", "xn--bcher-kva.example", "1password.com"],
    refuses: [
      ["https://a.example", /URL/],
      ["a.example/path", /path/],
      ["a.example:443", /port/],
      ["*.a.example", /wildcard/],
      ["A.example", /capital/],
      ["a.example.", /dot/],
      ["10.0.0.1", /IP address/],
      ["a_b.example", /not a host name/],
      ["-a.example", /not a host name/],
      [`${label63}a.example`, /not a host name/],
      [`${`${"a".repeat(50)}.`.repeat(5)}example`, /more than 253/],
    ],
  },
  "host or address": {
    schema: hostOrAddress(),
    takes: ["cache.acme.internal", "10.20.0.3", "fd00::3", "::1", "::ffff:10.0.0.1"],
    refuses: [
      ["10.20.0", /number, and not an IP address/],
      ["10.20.0.256", /number, and not an IP address/],
      ["10.20.0.3:6379", /port/],
      ["fd00::g", /not a host name or an IP address/],
      ["fd00::1::2", /port/],
      ["fd00::1::f", /not an IP address/],
      ["[fd00::3]", /not a host name or an IP address/],
      ["redis://cache", /URL/],
    ],
  },
  "range of addresses": {
    schema: cidr(),
    takes: [
      "10.20.0.0/16",
      "10.20.0.3/32",
      "0.0.0.0/0",
      "fd00::/8",
      "::/0",
      "2001:db8:0:1::/64",
      "fd00::3/128",
    ],
    refuses: [
      ["10.20.0.3", /one address: 10.20.0.3\/32/],
      ["fd00::3", /one address: fd00::3\/128/],
      ["10.20.0.3/16", /within the range/],
      ["128.0.0.0/0", /within the range/],
      ["fd00::1/64", /within the range/],
      ["2001:db8:0:1::/63", /within the range/],
      ["10.0.0.0/33", /longer than 32/],
      ["fd00::/129", /longer than 128/],
      ["10.0.0.0/08", /not a range/],
      ["to 10.0.0.0/8", /not a range/],
      ["010.0.0.0/8", /begin with an IP address/],
      ["::ffff:10.0.0.0/104", /their own form/],
    ],
  },
  image: {
    schema: image(),
    takes: [
      "redis",
      "redis:7-alpine",
      `library/redis@${digest}`,
      "localhost:5000/a/b__c/d-e.f:1.0_x",
      "ghcr.io/voltade/vomeet-bot:production",
      `Registry.example:443/app:1@${digest}`,
      "[2001:db8::1]:5000/app",
    ],
    refuses: [
      ["Redis", /capital/],
      ["ghcr.io/Acme/app", /capital/],
      ["redis:", /empty tag/],
      ["redis:a b", /white space/],
      ["https://ghcr.io/app", /URL/],
      ["redis@sha256:abc", /64 hexadecimal/],
      [`redis@md5:${"a".repeat(32)}`, /64 hexadecimal/],
      [`redis@sha256:${"a".repeat(63)}`, /64 hexadecimal/],
      ["host:70000/app", /port/],
      ["a".repeat(64), /image id/],
      [`redis:${"a".repeat(129)}`, /not an image reference/],
      ["a//b", /not an image reference/],
      [":latest", /not an image reference/],
      [7, /put it in quotes/],
      [null, /not an image reference/],
    ],
  },
  "DNS label": {
    schema: dnsLabel(),
    takes: ["a", "web-recorder", label63, "1a"],
    refuses: [
      ["Web", /capital/],
      ["web_recorder", /underscore/],
      [`${label63}a`, /more than 63/],
      ["-a", /not a DNS label/],
      ["a.b", /not a DNS label/],
      [1, /put it in quotes/],
    ],
  },
  namespace: {
    schema: namespaceName(),
    takes: ["agentsmith-dev"],
    refuses: [
      ["default", /Kubernetes itself/],
      ["kube-system", /Kubernetes itself/],
    ],
  },
  "storage class": {
    schema: storageClassName(),
    takes: ["fast-ssd", "a.b"],
    refuses: [["fast ssd", /not the name/]],
  },
  "priority class": {
    schema: priorityClassName(),
    takes: ["high-priority"],
    refuses: [["High", /capital/]],
  },
  "label key": {
    schema: labelKey(),
    takes: ["zone", "topology.kubernetes.io/zone", "A.b_c", `${"a".repeat(250)}.io/${label63}`],
    refuses: [
      ["a b", /not a label key/],
      ["/zone", /not a label key/],
      ["a/b/c", /not a label key/],
      ["Foo.io/zone", /not a label key/],
      [`${"a".repeat(254)}/b`, /not a label key/],
      ["-a", /not a label key/],
      ["__proto__", /not a label key/],
    ],
  },
  "label value": {
    schema: labelValue(),
    takes: ["", "a", "1.2_3", label63],
    refuses: [
      ["a b", /not a label value/],
      ["a-", /not a label value/],
      [`${label63}a`, /more than 63/],
      [true, /put it in quotes/],
    ],
  },
  "node selector": {
    schema: labels(),
    takes: [{}, { "kubernetes.io/arch": "amd64" }],
    refuses: [
      [{ "a b": "c" }, /not a label key/],
      [{ gpu: true }, /put it in quotes/],
      [[], /not a mapping/],
      [JSON.parse('{"__proto__": "x"}'), /not a label key/],
    ],
  },
  annotations: {
    schema: annotations(),
    takes: [{ "nginx.ingress.kubernetes.io/proxy-body-size": "8m", empty: "", lines: "a\nb" }],
    refuses: [
      [{ a: 8 }, /put it in quotes/],
      [{ a: null }, /not text/],
      [{ "a b": "c" }, /not an annotation key/],
      [{ a: "x".repeat(300_000) }, /has 300000 characters, more than 229376/],
      [{ a: "ü".repeat(150_000) }, /holds 300001 bytes, more than 229376/],
      [{ a: "x".repeat(150_000), b: "x".repeat(150_000) }, /holds 300002 bytes/],
    ],
  },
  placement: {
    schema: placement(),
    takes: [
      {},
      { tolerations: [{ operator: "Exists" }, { key: "gpu", value: "yes", effect: "NoSchedule" }] },
      { tolerations: [{ key: "x", effect: "NoExecute", tolerationSeconds: 60 }], spreadOver: ["zone"] },
    ],
    refuses: [
      [{ tolerations: [{ value: "x" }] }, /needs a key/],
      [{ tolerations: [{ key: "a", operator: "Exists", value: "x" }] }, /never compared/],
      [{ tolerations: [{ key: "a", tolerationSeconds: 5 }] }, /NoExecute/],
      [{ tolerations: [{ key: "a", effect: "noexecute" }] }, /nearest is NoExecute/],
      [{ spreadOver: ["zone", "zone"] }, /twice/],
    ],
  },
  url: {
    schema: url({ schemes: ["https", "wss"] }),
    takes: ["https://abc.supabase.co", "wss://whisper.example:8443/ws?x=1"],
    refuses: [
      ["http://a.example", /not a URL/],
      ["https://", /not a URL/],
      ["https://user:pass@a.example", /secret/],
      ["https://a b", /cannot be read/],
      ["https://$(POD_IP)/", /Kubernetes replaces/],
      ["https://a:99999", /cannot be read/],
    ],
  },
  "labels beside Muster's": {
    schema: ownLabels(),
    takes: [{ release: "prometheus" }, { "kubernetes.io/x": "" }],
    refuses: [
      [{ "app.kubernetes.io/part-of": "x" }, /Muster writes itself/],
      [{ "-a": "x" }, /not a label key/],
    ],
  },
  "environment name": {
    schema: environmentName(),
    takes: ["LOG_LEVEL", "_x", "JobSpawner__Type"],
    refuses: [
      ["1A", /not the name/],
      ["A-B", /not the name/],
    ],
  },
});

it.each([
  ["10.20.0.3", ["10.20.0.0/16"], true],
  ["10.21.0.3", ["10.20.0.0/16", "10.21.0.3/32"], true],
  ["10.21.0.3", ["10.20.0.0/16", "fd00::/8"], false],
  ["fd00::3", ["10.0.0.0/8", "fd00::/8"], true],
  ["fe00::3", ["fd00::/8"], false],
])("%s within %j: %s", (address, cidrs, held) => {
  expect(within(address, cidrs)).toBe(held);
});

it("an IPv6 address stands in brackets from here on, as in URLs", () => {
  expect(hostOrAddress().parse("fd00::3")).toBe("[fd00::3]");
  expect(hostOrAddress().parse("10.20.0.3")).toBe("10.20.0.3");
});

it("an image falls into repository, tag and digest", () => {
  expect(parseImage(`localhost:5000/a/b:1@${digest}`)).toEqual({
    repository: "localhost:5000/a/b",
    tag: "1",
    digest,
  });
  expect(parseImage("localhost:5000/a/b")).toEqual({ repository: "localhost:5000/a/b" });
});
