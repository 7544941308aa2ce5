import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editorSchema, withConfigSection } from "../config/editor-schema";
import { withReference, withSystems } from "../config/reference";
import { shippedStackFiles, withShippedSettings } from "../config/shipped-settings";
import { systems } from "../systems";

// `npm run schema`: writes what follows from the schemas in config/.
const root = join(__dirname, "..");

function rewrite(file: string, make: (text: string) => string): void {
  const path = join(root, file);
  writeFileSync(path, make(readFileSync(path, "utf8")));
}

writeFileSync(join(root, "config/stack.schema.json"), `${JSON.stringify(editorSchema(systems), null, 2)}\n`);
rewrite("Pulumi.yaml", (text) => withConfigSection(text, systems));
rewrite("docs/config.md", (text) => withReference(text, systems));
rewrite("README.md", (text) => withSystems(text, systems));
const files = shippedStackFiles(root);
for (const system of Object.keys(systems))
  rewrite(`docs/systems/${system}.md`, (page) => withShippedSettings(page, system, systems, files));
console.log(
  "Written: config/stack.schema.json, and what follows from it and from the stack files in Pulumi.yaml and docs/.",
);
