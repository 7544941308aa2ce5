import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editorSchema, withConfigSection } from "../config/editor-schema";
import { withReference } from "../config/reference";

// `npm run schema`: writes what follows from the schemas in config/.
const root = join(__dirname, "..");

function rewrite(file: string, make: (text: string) => string): void {
  const path = join(root, file);
  writeFileSync(path, make(readFileSync(path, "utf8")));
}

writeFileSync(join(root, "config/stack.schema.json"), `${JSON.stringify(editorSchema(), null, 2)}\n`);
rewrite("Pulumi.yaml", withConfigSection);
rewrite("docs/config.md", withReference);
console.log("Written: config/stack.schema.json, and what follows from it in Pulumi.yaml and docs/config.md.");
