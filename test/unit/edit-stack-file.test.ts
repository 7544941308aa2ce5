import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { changeInWords, changesBetween } from "../../config/changes";
import { editedStackFile } from "../../config/edit-stack-file";
import { root } from "../../tools/places";
import { stackValues } from "../../tools/stack-config";

const file = `# the shop
config:
  muster:shop: # ours
    image: { web: 'shop/web:1', pullPolicy: Always } # moves

    web:
      replicas: 2 # one for each zone
      resources: { requests: { cpu: 500m } }
    queue:
      # until May
      size: 5Gi
  shop:token: { secure: v1:abc } # of the shop
`;

const values = (text: string) => stackValues("prod", text);
const set = (path: string, value: unknown) => editedStackFile(file, [{ path: path.split("."), value }]);
const line = (text: string) => (before: string) => file.replace(text, before);

test("a value is another, and everything else as it was", () => {
  expect(set("muster:shop.web.replicas", 3)).toBe(line("replicas: 2 #")("replicas: 3 #"));
  expect(set("muster:shop.image.web", "shop/web:2")).toBe(line("'shop/web:1'")("shop/web:2"));
  expect(set("muster:shop.web.resources.requests.cpu", "1")).toBe(line("cpu: 500m")('cpu: "1"'));
  expect(set("muster:shop.web", { replicas: 1 })).toContain("    web: { replicas: 1 }\n    queue:");
});

test("a value that was not there is added where its neighbours are", () => {
  expect(set("muster:shop.image.tag", "v2")).toBe(line("Always }")("Always, tag: v2 }"));
  expect(set("muster:shop.web.port", 8080)).toBe(line("500m } }\n")("500m } }\n      port: 8080\n"));
  expect(set("muster:shop.mail.from", "a@example.com")).toBe(
    line("size: 5Gi\n")("size: 5Gi\n    mail: { from: a@example.com }\n"),
  );
  expect(set("muster:mail", {})).toBe(`${file}  muster:mail: {}\n`);
});

test("a value is gone, with its line", () => {
  expect(set("muster:shop.web.replicas", undefined)).toBe(
    line("      replicas: 2 # one for each zone\n")(""),
  );
  expect(set("muster:shop.image.pullPolicy", undefined)).toBe(line(", pullPolicy: Always")(""));
  expect(set("muster:shop.image.web", undefined)).toBe(line("web: 'shop/web:1', ")(""));
  expect(set("muster:shop.web.resources.requests.cpu", undefined)).toBe(line("{ cpu: 500m }")("{}"));
  expect(set("muster:shop.nothing.here", undefined)).toBe(file);
  expect(parse(set("muster:shop.queue.size", undefined)).config["muster:shop"].queue).toEqual({});
});

test("a file without config, or with an empty key, gets some", () => {
  const edit = [{ path: ["muster:shop", "web", "replicas"], value: 2 }];
  expect(editedStackFile("", edit)).toBe("config: { muster:shop: { web: { replicas: 2 } } }\n");
  expect(editedStackFile("config:\n  shop:\n", edit)).toBe("config:\n  shop: { web: { replicas: 2 } }\n");
});

test("what the file says once for two places is left to a person", () => {
  const shared = "config:\n  muster:shop:\n    web: &both { replicas: 2 }\n    mail: *both\n";
  const edit = [{ path: ["muster:shop", "web", "replicas"], value: 3 }];
  expect(() => editedStackFile(shared, edit)).toThrow("edit it by hand");
});

test("the changes between two shipped stacks make one's file say what the other's does", () => {
  const [staging, prod] = ["staging", "prod"].map((stack) =>
    readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8"),
  );
  const changes = changesBetween(values(staging!), values(prod!));
  const edits = changes.map(({ path, after }) => ({ path, value: after }));
  const changed = editedStackFile(staging!, edits);
  expect(changesBetween(values(changed), values(prod!))).toEqual([]);
  expect(changed).toContain("# ");
});

test("changes are told by path, without a secret", () => {
  const before = { "muster:shop": '{"web":{"replicas":2,"host":"a.example"}}' };
  const after = { "muster:shop": '{"web":{"replicas":3,"key":"sk-live-0123456789abcdef"}}' };
  expect(changesBetween(before, after).map(changeInWords)).toEqual([
    "muster:shop.web.replicas: 2 → 3",
    'muster:shop.web.host: "a.example" is gone',
    "muster:shop.web.key: [not shown: it may be a secret] is new",
  ]);
  // Once set without --secret, and whatever it looks like.
  expect(changesBetween({}, { "shop:password": "summer" }).map(changeInWords)).toEqual([
    "shop:password: [not shown: it may be a secret] is new",
  ]);
});
