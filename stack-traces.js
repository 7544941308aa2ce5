// Of commands that run the program without an engine: tsx has Node.js make every stack readable.
const { findSourceMap } = require("node:module");

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
