// Pulumi's SDK without what turns functions into text, which Muster never asks for: with it come TypeScript and npm's
// resolver, four tenths of all the code that a program loads. Whoever does ask gets the real thing.
const { Module } = require("node:module");

// From Node.js 22.1 on, compiled code is kept from one run to the next.
Module.enableCompileCache?.();

const functions = {
  serializeClosure: ["serializeFunction", "serializeFunctionAsync"],
  codePaths: ["computeCodePaths"],
};
for (const [file, names] of Object.entries(functions)) {
  const path = require.resolve(`@pulumi/pulumi/runtime/closure/${file}`);
  if (require.cache[path]) continue;
  const stub = new Module(path);
  const real = () => {
    if (require.cache[path] === stub) delete require.cache[path];
    return require(path);
  };
  stub.loaded = true;
  stub.exports = Object.fromEntries(names.map((name) => [name, (...args) => real()[name](...args)]));
  require.cache[path] = stub;
}
