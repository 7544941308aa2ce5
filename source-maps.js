// Source maps of files that are made as they are loaded. Node.js would read each at once: a tenth of a second and more,
// for the stack of an error that hardly ever comes.
const { findSourceMap, SourceMap } = require("node:module");
const { dirname, resolve } = require("node:path");

const texts = new Map();
const maps = new Map();

/** Keeps the map of a file as it was made. */
function keepSourceMap(file, text) {
  texts.set(file, text);
}

/** The map of a file; undefined where it has none. */
function sourceMapOf(file) {
  if (!texts.has(file)) return findSourceMap(file);
  if (!maps.has(file)) maps.set(file, mapIn(texts.get(file), dirname(file)));
  return maps.get(file);
}

function mapIn(text, directory) {
  const { sources, ...map } = JSON.parse(text);
  return new SourceMap({ ...map, sources: sources.map((each) => resolve(directory, each)) });
}

module.exports = { keepSourceMap, sourceMapOf };
