// What Pulumi runs: index.ts with all that is Muster's own, as one file that esbuild makes while Node.js loads the
// libraries. Types are not checked: `npm run lint` does that, once.
const { Module } = require("node:module");
const { join } = require("node:path");
const { build } = require("esbuild");

// Without its language host nobody hears of it, and the runtime can come to report just that for ever, into memory.
const languageHost = process.ppid;
setInterval(() => process.ppid !== languageHost && process.kill(process.pid, "SIGKILL"), 1000).unref();

const bundled = build({
  absWorkingDir: __dirname,
  entryPoints: ["index.ts"],
  write: false,
  bundle: true,
  packages: "external",
  platform: "node",
  target: `node${process.versions.node}`,
  sourcemap: "inline",
  sourcesContent: false,
});
require("./load-pulumi");

module.exports = async () => {
  const [{ text }] = (await bundled).outputFiles;
  const program = new Module(join(__dirname, "index.js"), module);
  program.filename = program.id;
  program.paths = module.paths;
  // For its own lines alone: Node.js would read those of every library, too.
  process.setSourceMapsEnabled(true);
  program._compile(text, program.filename);
  process.setSourceMapsEnabled(false);
  return program.exports();
};
