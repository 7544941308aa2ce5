// What `npm start`, `npm test` and the other npm scripts run: plain Node, since nothing may be installed yet.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [name, ...args] = process.argv.slice(2);
// npm completes the beginning of an option of its own.
const npmTakesFor = { token_description: "to", replace_registry_host: "replace" };

checkNode();
checkFolder();
checkOptions();
installDependencies();
run();

function checkNode() {
  const [, wanted] = />=(\S+)/.exec(readJson("package.json").engines.node);
  const [major, minor] = wanted.split(".").map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split(".").map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  console.error(
    `Node.js ${process.versions.node} is too old: Muster needs ${wanted} or newer. Install one from https://nodejs.org or with your version manager, then run the same command again.`,
  );
  process.exit(1);
}

/** What runs TypeScript takes a question mark for the end of a path; PATH and KUBECONFIG a colon for that of an entry. */
function checkFolder() {
  const [sign] = /[?:]/.exec(root) ?? [];
  if (sign === undefined) return;
  console.error(`${root}: Muster cannot run in a folder with a ${sign} in its path. Rename or move it.`);
  process.exit(1);
}

/** npm keeps options that stand before `--` to itself, and the command would run without them. */
function checkOptions() {
  const event = process.env.npm_lifecycle_event;
  if (event === undefined) return;
  const options = commandOptions();
  const kept = Object.entries(process.env).flatMap(([variable, value]) => {
    const name = /^npm_config_(.+)$/.exec(variable)?.[1];
    // npm takes -sprod for an option of that name.
    if (name?.startsWith("s") && existsSync(join(root, `Pulumi.${name.slice(1)}.yaml`)))
      return { text: `-${name}` };
    const option = npmTakesFor[name] ?? name?.replaceAll("_", "-");
    if (!options.has(option)) return [];
    if (value !== "true") return value === "" ? [] : { text: `--${option} ${value}`, option };
    return { text: `--${option}`, option, misses: options.get(option) };
  });
  // The environment is in no order.
  kept.sort((one, other) => (one.text < other.text ? -1 : 1));
  // It is an option of npm's own too, which may be set for all that npm does.
  if (kept.every(({ option }) => option === "yes")) return;
  const missing = kept.filter(({ misses }) => misses);
  const whole = kept.filter(({ misses }) => !misses).map(({ text }) => text);
  // What is left of several values does not tell which is whose.
  const given =
    missing.length > 1
      ? [...whole, ...missing.map(({ text, misses }) => `${text} ${misses}`)]
      : [...whole, ...missing.map(({ text }) => text), ...args];
  const script = event === "start" || event === "test" ? event : `run ${event}`;
  console.error(
    `npm kept ${kept.map(({ text }) => text).join(" ")} for itself. Two hyphens hand it on: npm ${script} -- ${given.join(" ")}`,
  );
  process.exit(1);
}

/** The options of all commands, as they declare them, with what stands for their value where they take one. */
function commandOptions() {
  const folder = join(root, "commands");
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(folder, file), "utf8"));
  const declared = texts.flatMap((text) => [
    ...text.matchAll(/ption\(\s*"(?:-\w, )?--([\w-]+)(?: (<[\w-]+>))?"/g),
  ]);
  // Those of the tests stand beside vitest's.
  return new Map([...declared.map(([, name, value]) => [name, value]), ["times"], ["keep"]]);
}

/** `npm ci`, unless what is installed is what the lock file says. npm writes what it installed when it is done. */
function installDependencies() {
  if (isInstalled()) return;
  console.error(
    existsSync(join(root, "node_modules"))
      ? "Dependencies: package-lock.json has changed, installing again …"
      : "Dependencies: installing …",
  );
  // Not into stdout, which is for what the command itself prints.
  const options = { cwd: root, stdio: ["ignore", 2, 2] };
  // What npm warns of is the engines of dependencies: Pulumi's SDK asks for Node.js 22.
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const [major] = process.versions.node.split(".");
  if (major < 22)
    console.error(
      `Node.js ${process.versions.node}: Muster runs on it; 22 or 24 is what Pulumi's SDK asks for.`,
    );
  const { status, error } = spawnSync("npm", ["ci", "--include=dev", ...quiet], options);
  if (status === 0) return;
  console.error(
    error
      ? `Dependencies could not be installed: there is no npm that runs on PATH (${error.code}). Install Node.js with its npm from https://nodejs.org, then run the same command again.`
      : "Dependencies could not be installed: npm's own message is above. Check the network and the disk, then run the same command again.",
  );
  process.exit(1);
}

function isInstalled() {
  if (!existsSync(join(root, "node_modules/.package-lock.json"))) return false;
  const installed = readJson("node_modules/.package-lock.json").packages;
  return Object.entries(readJson("package-lock.json").packages).every(
    // The platform's choice among optional ones is npm's.
    ([path, { integrity, optional }]) =>
      path === "" || (installed[path] ? installed[path].integrity === integrity : optional),
  );
}

function run() {
  const file = join(root, "commands", `${name}.ts`);
  const loader = ["--require", "tsx/cjs"];
  // Those that run the program load Pulumi as Pulumi's own runs of it do.
  if (["backup", "doctor", "drift", "restore", "rollback", "set", "size", "start", "status"].includes(name))
    loader.unshift("--require", "./load-pulumi.js");
  const command = spawn(process.execPath, [...loader, file, ...args], {
    cwd: root,
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => command.kill(signal));
  command.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}
