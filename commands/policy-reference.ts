import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withPolicyReference } from "../policies/reference";

// Writes what follows from the rules of policies/ into docs/policies.md.
const path = join(__dirname, "../docs/policies.md");
writeFileSync(path, withPolicyReference(readFileSync(path, "utf8")));
console.log("Written: the rules in docs/policies.md.");
