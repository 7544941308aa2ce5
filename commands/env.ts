import { delimiter } from "node:path";
import { foreignVariables } from "../tools/environment";
import { command } from "../tools/failure";
import { setUp } from "../tools/local";

// `eval "$(npm run -s env)"`: a shell in which plain `pulumi` and `kubectl` work on the local cluster.
command(async () => {
  const environment = await setUp();
  console.log(`unset ${foreignVariables.join(" ")}`);
  for (const [name, value] of Object.entries(environment.variables))
    console.log(`export ${name}=${quote(value)}`);
  console.log(`export PATH=${quote(environment.path.join(delimiter))}"${delimiter}$PATH"`);
});

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
