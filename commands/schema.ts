import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editorSchema, withConfigSection } from "../config/editor-schema";

// `npm run schema`: writes what follows from the schemas in config/.
const root = join(__dirname, "..");
const pulumiYaml = join(root, "Pulumi.yaml");

writeFileSync(join(root, "config/stack.schema.json"), `${JSON.stringify(editorSchema(), null, 2)}\n`);
writeFileSync(pulumiYaml, withConfigSection(readFileSync(pulumiYaml, "utf8")));
console.log("Written: config/stack.schema.json, and the config section of Pulumi.yaml.");
