// Pulumi has ts-node check the types of a pack's TypeScript at every start, whatever the options say. Not of JavaScript.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// Packed, they lie beside this file: `npm pack` copies them.
const shared = (name) => require(existsSync(join(__dirname, name)) ? `./${name}` : `../${name}`);

const pack = shared("one-file.js")(__dirname, "pack.ts");
shared("lean-pulumi.js");
require("@pulumi/policy");

module.exports = pack();
