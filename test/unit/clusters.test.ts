import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { declaredSystems } from "../../systems";
import { configOf } from "./shipped-stack";

const docs = join(__dirname, "../../docs");
const page = readFileSync(join(docs, "clusters.md"), "utf8");

describe.each(readdirSync(join(docs, "clusters")))("docs/clusters/%s", (file) => {
  test("is a stack that can be declared", () => {
    const config = configOf("prod", readFileSync(join(docs, "clusters", file), "utf8"));
    expect(declaredSystems(config).length).toBeGreaterThan(0);
  });

  test("stands on the page", () => {
    expect(page).toContain(`(clusters/${file})`);
  });
});
