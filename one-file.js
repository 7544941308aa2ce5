// TypeScript run as one file of JavaScript, which esbuild makes in a process of its own while the caller loads
// libraries. Types are not checked: `npm run lint` does that, once.
const { Module } = require("node:module");
const { join } = require("node:path");
const { build } = require("esbuild");

/** Begins to make the file of an entry and all that it imports, but for libraries; then loads it. */
module.exports = (directory, entry) => {
  const made = build({
    absWorkingDir: directory,
    entryPoints: [entry],
    write: false,
    bundle: true,
    packages: "external",
    platform: "node",
    target: `node${process.versions.node}`,
    sourcemap: "inline",
    sourcesContent: false,
  });
  return async () => {
    const [{ text }] = (await made).outputFiles;
    const file = new Module(join(directory, "one-file.js"), module);
    file.filename = file.id;
    file.paths = Module._nodeModulePaths(directory);
    // For its own lines alone: Node.js would read those of every library, too.
    process.setSourceMapsEnabled(true);
    file._compile(text, file.filename);
    process.setSourceMapsEnabled(false);
    return file.exports;
  };
};
