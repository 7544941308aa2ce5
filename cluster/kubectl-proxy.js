// The API server that kubectl goes to, on a socket of its own. kubectl knows every way to log in to a cluster, and keeps
// one connection. Plain JavaScript: the program starts it while the rest of itself is loaded (main.js).
const { spawn } = require("node:child_process");
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/** It ends with the shell around it, which ends when nobody holds its input any longer: whatever became of this process. */
const proxy = `
kubectl "$@" &
trap "kill $! 2> /dev/null; rm -rf '$0'" EXIT
trap exit HUP INT TERM
exec > /dev/null 2>&1
read -r _
`;

/** Starts it, until this process ends. `refusal` says why it does not serve, and is undefined where it does. */
function startProxy({ context, kubeconfig }) {
  let directory;
  try {
    directory = mkdtempSync(join(tmpdir(), "muster-proxy-"));
  } catch ({ message }) {
    return { context, kubeconfig, socketPath: "", refusal: Promise.resolve(message) };
  }
  const socketPath = join(directory, "socket");
  const args = ["proxy", `--unix-socket=${socketPath}`, ...flagsOf({ context, kubeconfig })];
  const shell = spawn("sh", ["-c", proxy, directory, ...args], { stdio: "pipe" });
  return { context, kubeconfig, socketPath, refusal: refusalOf(shell, directory) };
}

/** By which kubectl goes to a cluster. */
function flagsOf({ context, kubeconfig }) {
  return [...(context ? ["--context", context] : []), ...(kubeconfig ? ["--kubeconfig", kubeconfig] : [])];
}

/** It says in a line that it serves; what it says instead is why it does not. */
async function refusalOf(shell, directory) {
  let said = "";
  shell.stderr.on("data", (text) => {
    said += text;
  });
  const serves = await new Promise((resolve) => {
    shell.on("error", ({ message }) => {
      said += message;
      // No shell removes it.
      rmSync(directory, { recursive: true, force: true });
      resolve(false);
    });
    shell.stdout.once("data", () => resolve(true));
    shell.stderr.once("end", () => resolve(false));
  });
  if (!serves) {
    shell.stdin.end();
    return /kubectl.*not found/.test(said)
      ? "kubectl is not on PATH: it is what Muster asks the cluster through. Install it: https://kubernetes.io/docs/tasks/tools"
      : said.trim();
  }
  // Nothing waits for it.
  for (const handle of [shell, shell.stdin, shell.stdout, shell.stderr]) handle.unref();
  return undefined;
}

/** Where the program that is about to be loaded goes, as far as that shows in what Pulumi hands it. */
function placeAhead({ MUSTER_LOCAL_KUBECONFIG: kubeconfig, PULUMI_CONFIG: config = "{}" }) {
  if (kubeconfig) return { kubeconfig };
  try {
    const { context } = JSON.parse(JSON.parse(config)["muster:cluster"] ?? "{}");
    return typeof context === "string" ? { context } : {};
  } catch {
    // The program says what is wrong with it.
    return {};
  }
}

module.exports = { flagsOf, startProxy, placeAhead };
