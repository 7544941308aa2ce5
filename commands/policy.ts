import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { rules } from "../policies/rules";
import { Failure } from "../tools/failure";
import { packConfig } from "./policy/config";
import { judge } from "./policy/judge";
import { liveObjects } from "./policy/live";
import { type Manifest, manifests } from "./policy/manifests";
import { formats } from "./policy/report";

interface Options {
  readonly namespace?: string;
  readonly context?: string;
  readonly config?: string;
  readonly stack?: string;
  readonly output: keyof typeof formats;
}

new Command("policy")
  .description(
    "Judges Kubernetes objects by the rules of the pack: of files, or of a namespace as it is.\nExit code: 0, all mandatory rules are satisfied; 1, some are not; 2, something could not be read.",
  )
  .argument("[paths...]", "YAML or JSON files, folders of them, or - for what is piped in")
  .option("-n, --namespace <name>", "judges the objects of this namespace, by kubectl")
  .option("--context <name>", "the context of the kubeconfig; the current one when left out")
  .option("-c, --config <file>", "the pack's config, as Pulumi takes it by --policy-pack-config")
  .option("-s, --stack <name>", "asks what is asked in a stack of this name; all rules when left out")
  .addOption(new Option("-o, --output <format>").choices(Object.keys(formats)).default("text"))
  .action(async (paths: string[], options: Options) => {
    try {
      process.exitCode = await run(paths, options);
    } catch (error) {
      console.error(error instanceof Failure ? `policy: ${error.message}` : error);
      process.exitCode = 2;
    }
  })
  .parse();

async function run(paths: readonly string[], { namespace, context, config, stack, output }: Options) {
  const all = Object.values(rules).flat();
  const pack = packConfig(all, config);
  const objects = namespace ? await liveObjects(namespace, context) : paths.flatMap(objectsIn);
  if (objects.length === 0)
    throw new Failure("There is nothing to judge: name files, folders, - or --namespace, that hold objects.");
  const verdict = judge(objects, all, pack, { stack });
  print(formats[output](verdict));
  const fails = verdict.stale.length > 0 || verdict.violations.some(({ level }) => level === "mandatory");
  return fails ? 1 : 0;
}

function objectsIn(path: string): Manifest[] {
  if (path === "-") return manifests(readFileSync(0, "utf8"), "-");
  try {
    if (!statSync(path).isDirectory()) return manifests(readFileSync(path, "utf8"), path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${path} cannot be read: ${(error as Error).message}`);
  }
  const files = readdirSync(path, { recursive: true, encoding: "utf8" }).sort();
  return files.filter((file) => /\.(ya?ml|json)$/.test(file)).flatMap((file) => objectsIn(join(path, file)));
}

function print(text: string) {
  // Who pipes into `head` reads no further.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));
  process.stdout.write(`${text}\n`);
}
