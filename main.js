// What Pulumi runs.

// Without its language host nobody hears of it, and the runtime can come to report just that for ever, into memory.
const languageHost = process.ppid;
setInterval(() => process.ppid !== languageHost && process.kill(process.pid, "SIGKILL"), 1000).unref();

const { placeAhead, startProxy } = require("./cluster/kubectl-proxy");
const proxy = startProxy(placeAhead(process.env));
const program = require("./one-file")(__dirname, "index.ts");
require("./load-pulumi");
// It would compile a function for each shape of config, of which a run asks most once.
require("zod").config({ jitless: true });

module.exports = async () => (await program())(proxy);
