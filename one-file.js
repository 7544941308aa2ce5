// TypeScript run as one file of JavaScript, which esbuild makes in a process of its own while the caller loads
// libraries. Types are not checked: `npm run lint` does that, once.
const { Module } = require("node:module");
const { join } = require("node:path");
const { build } = require("esbuild");
const { keepSourceMap } = require("./source-maps");

/** Begins to make the file of an entry and all that it imports, but for libraries; then loads it. */
module.exports = (directory, entry) => {
  const name = join(directory, entry.replace(/\.ts$/, ".made.js"));
  const made = build({
    absWorkingDir: directory,
    entryPoints: [entry],
    outfile: name,
    write: false,
    bundle: true,
    packages: "external",
    platform: "node",
    target: `node${process.versions.node}`,
    sourcemap: "external",
    sourcesContent: false,
  });
  return async () => {
    const { outputFiles } = await made;
    const madeAs = (path) => outputFiles.find((each) => each.path === path).text;
    const file = new Module(name, module);
    file.filename = file.id;
    file.paths = Module._nodeModulePaths(directory);
    keepSourceMap(name, madeAs(`${name}.map`));
    file._compile(madeAs(name), name);
    return file.exports;
  };
};
