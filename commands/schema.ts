import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editorSchema, withConfigSection } from "../config/editor-schema";
import { marks } from "../config/markdown";
import { withReference, withSystems } from "../config/reference";
import { shippedStackFiles, withShippedSettings } from "../config/shipped-settings";
import { systems } from "../systems";
import { command, Failure } from "../tools/failure";
import { root } from "../tools/places";

// `npm run schema`: writes what follows from the schemas in config/.

function rewrite(file: string, make: (text: string) => string): void {
  const path = join(root, file);
  if (!existsSync(path))
    throw new Failure(
      `${file} is not there. Write it, with these two lines where the table of what stacks set is to stand, then run the same command again:\n\n${marks}`,
    );
  writeFileSync(path, make(readFileSync(path, "utf8")));
}

command(async () => {
  const schema = `${JSON.stringify(editorSchema(systems), null, 2)}\n`;
  writeFileSync(join(root, "config/stack.schema.json"), schema);
  rewrite("Pulumi.yaml", (text) => withConfigSection(text, systems));
  rewrite("docs/config.md", (text) => withReference(text, systems));
  rewrite("README.md", (text) => withSystems(text, systems));
  const files = shippedStackFiles(root);
  for (const system of Object.keys(systems))
    rewrite(`docs/systems/${system}.md`, (page) => withShippedSettings(page, system, systems, files));
  console.log(
    "Written: config/stack.schema.json, and what follows from it and from the stack files in Pulumi.yaml, README.md and docs/.",
  );
});
