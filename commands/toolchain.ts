import { dirname } from "node:path";
import { command, Failure } from "../tools/failure";
import { type PartName, parts } from "../tools/parts";
import { toolchain } from "../tools/toolchain";

// `npm run -s toolchain -- pulumi`: sets up parts of the toolchain, and prints the folders to put on PATH.
command(async () => {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !Object.hasOwn(parts, name));
  if (names.length === 0 || unknown !== undefined)
    throw new Failure(
      `${unknown === undefined ? "Name at least one part of the toolchain" : `There is no part \`${unknown}\``}. There are: ${Object.keys(parts).join(", ")}.`,
    );
  const programs = await toolchain(names as PartName[]);
  for (const folder of new Set(Object.values(programs).map(dirname))) console.log(folder);
});
