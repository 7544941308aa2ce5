// Pulumi's SDK without what turns functions into text, and without the Automation API, which Muster never asks for: with
// them come TypeScript and npm's resolver, half of all the code that a program loads. Whoever does ask gets the real one.
const { Module } = require("node:module");
const { sourceMapOf } = require("./source-maps");

// From Node.js 22.1 on, compiled code is kept from one run to the next.
Module.enableCompileCache?.();

/** Has a module loaded when something of it is asked for, or one of these functions called, and not before. */
function whenAsked(path, functions = []) {
  if (require.cache[path]) return;
  const stub = new Module(path);
  const real = () => {
    if (require.cache[path] === stub) delete require.cache[path];
    return require(path);
  };
  const known = Object.fromEntries(functions.map((name) => [name, (...args) => real()[name](...args)]));
  stub.loaded = true;
  stub.exports = new Proxy(known, {
    get: (_, name) => (name === "__esModule" ? true : (known[name] ?? real()[name])),
  });
  require.cache[path] = stub;
}

const inPulumi = (part) => require.resolve(`@pulumi/pulumi/${part}`);
whenAsked(inPulumi("runtime/closure/serializeClosure"), ["serializeFunction", "serializeFunctionAsync"]);
whenAsked(inPulumi("runtime/closure/codePaths"), ["computeCodePaths"]);
whenAsked(inPulumi("automation"));

// For functions turned into text it has V8's debugger on, which makes every promise slower.
const hooks = inPulumi("runtime/closure/v8Hooks");
if (require.cache[hooks])
  require(hooks)
    .getSessionAsync()
    .then((session) => session.post("Debugger.disable"));

// What it says for debugging it, several calls to the engine a resource, one after the other.
require("@pulumi/pulumi/log").debug = async () => {};

// What finds promises that are never kept has the stack of each taken, which PULUMI_DEBUG_PROMISE_LEAKS shows.
// Of a program that runs beside the one of this process, as for the comparison with the cluster, nobody asks for them.
const debuggable = require("@pulumi/pulumi/runtime/debuggable");
const { getLocalStore } = require("@pulumi/pulumi/runtime/state");
const { debuggablePromise } = debuggable;
debuggable.debuggablePromise = (...args) => {
  if (getLocalStore()) return args[0];
  const { stackTraceLimit } = Error;
  if (!debuggable.debugPromiseLeaks) Error.stackTraceLimit = 0;
  try {
    return debuggablePromise(...args);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};

// Pulumi makes an error without a message for each resource and call, for its stack: these are not made readable, which
// would cost more than all the rest of a program. Others name the lines of the TypeScript.
const { prepareStackTrace } = Error;
Error.prepareStackTrace = (error, frames) => {
  if (error.message === "" && !debuggable.debugPromiseLeaks) return String(error);
  const isOurs = frames.some((frame) => sourceMapOf(frame.getFileName()));
  return (
    (!isOurs && prepareStackTrace?.(error, frames)) || [error, ...frames.map(inSource)].join("\n    at ")
  );
};

function inSource(frame) {
  const map = sourceMapOf(frame.getFileName());
  const { fileName, lineNumber, columnNumber } =
    map?.findOrigin(frame.getLineNumber(), frame.getColumnNumber()) ?? {};
  if (!fileName) return String(frame);
  return `${frame.getFunctionName() ?? "<anonymous>"} (${fileName}:${lineNumber}:${columnNumber})`;
}

module.exports = { whenAsked };
