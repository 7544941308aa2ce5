// Pulumi has ts-node check the types of a pack's TypeScript at every start, whatever the options say.
// From JavaScript it is left to tsx, which only transpiles: `npm run lint` checks the types.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// Packed, it lies beside this file: `npm pack` copies it.
const lean = join(__dirname, "lean-pulumi.js");
require(existsSync(lean) ? lean : "../lean-pulumi");
require("@pulumi/policy"); // first, since tsx looks through whatever is loaded after it
require("tsx/cjs");
require("./pack");
