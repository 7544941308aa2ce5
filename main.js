// What Pulumi runs: index.ts, through tsx, which transpiles and does not check types: `npm run lint` does that, once.
const { findSourceMap } = require("node:module");

// Without its language host nobody hears of it, and the runtime can come to report just that for ever, into memory.
const languageHost = process.ppid;
setInterval(() => process.ppid !== languageHost && process.kill(process.pid, "SIGKILL"), 1000).unref();

// First, since tsx looks through whatever is loaded after it.
require("./load-pulumi");
require("tsx/cjs");

// Pulumi makes an error without a message at every promise, for its stack: these are not made readable, which costs
// more than all the rest of the program. Others name the lines of the TypeScript.
Error.prepareStackTrace = (error, frames) =>
  error.message === "" ? String(error) : [error, ...frames.map(inSource)].join("\n    at ");

function inSource(frame) {
  const map = findSourceMap(frame.getFileName());
  const { fileName, lineNumber, columnNumber } =
    map?.findOrigin(frame.getLineNumber(), frame.getColumnNumber()) ?? {};
  if (!fileName) return String(frame);
  return `${frame.getFunctionName() ?? "<anonymous>"} (${fileName}:${lineNumber}:${columnNumber})`;
}

module.exports = require("./index");
