import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withPolicyReference } from "../../policies/reference";

test("docs/policies.md is current: `npx tsx commands/policy-reference.ts` writes it", () => {
  const document = readFileSync(join(__dirname, "../../docs/policies.md"), "utf8");
  expect(withPolicyReference(document)).toBe(document);
});
