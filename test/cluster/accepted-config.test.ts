import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { declaredObjects } from "../../cluster/comparison/declared-objects";
import { mutatingPolicyApi } from "../../cluster/job-completion";
import { Kinds, pathOf } from "../../cluster/kinds";
import { cluster } from "../../components/cluster";
import { System } from "../../components/system";
import { handedOver } from "../../config/cli-config";
import { editorSchema } from "../../config/editor-schema";
import { formatPath } from "../../config/path";
import { ConfigError } from "../../config/stack";
import { declaredSystems, parseStack, type StackConfig, systems } from "../../systems";
import { KubernetesError, type KubernetesObject } from "../../tools/kubernetes";
import { ciliumNetworkPolicies, httpRoutes, prometheusOperator, serve } from "../harness/custom-resources";
import { externalSecretsOperator } from "../harness/external-secrets";
import { kubernetes } from "../harness/kubernetes";
import { randomFrom } from "../unit/mutate";
import { StackDirectory } from "../unit/stack-directory";
import { type Json, type Setting, settingsOf } from "./accepted-values";

// What config takes, the API server takes too: it is asked, by a dry run, about what the edges of every key become.

const ROUNDS = 6;
const namespace = `accepted-config-${process.pid}`;
const api = kubernetes();
const random = randomFrom(15);
const directory = new StackDirectory();
const stop: (() => Promise<unknown>)[] = [];
let kinds: Kinds;

beforeAll(async () => {
  cpSync(join(__dirname, "../../stacks/prod"), join(directory.path, "stacks/dev"), { recursive: true });
  for (const definition of [prometheusOperator, httpRoutes("v1.5.1"), ciliumNetworkPolicies])
    stop.push((await serve(definition)).stop);
  const operator = await externalSecretsOperator();
  await operator.install();
  stop.push(() => operator.uninstall());
  await api.apply(`/api/v1/namespaces/${namespace}`, {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
  kinds = await Kinds.of(api);
});
afterAll(async () => {
  directory[Symbol.dispose]();
  await api.delete(`/api/v1/namespaces/${namespace}`);
  for (const end of stop) await end();
});

const CLUSTER = "muster:cluster";
type Config = Readonly<Record<string, Json>>;
const schemas = (editorSchema(systems).properties!.config as { properties: Config }).properties;

/** A config of one system with the edges of some of its keys, as many as the parser takes together. */
function draw(config: Config, candidates: (setting: Setting) => unknown) {
  const settings = Object.keys(config)
    .flatMap((key) => settingsOf(schemas[key]!, config[key], [key]))
    .filter(({ path }) => path.length > 1);
  const changes = new Map<Setting, unknown>();
  const leftOut = new Map<string, boolean>();
  for (const setting of settings) {
    const { lacks } = setting;
    // What is not there comes more seldom, and with all that is in it: of two ways a config has one.
    const key = formatPath(lacks ?? setting.path);
    if (!leftOut.has(key)) leftOut.set(key, random() < (lacks ? 0.7 : 0.3));
    if (!leftOut.get(key)) changes.set(setting, candidates(setting));
  }
  for (;;) {
    const result = parsed(withValues(config, changes));
    if (!(result instanceof ConfigError)) return { stack: result, changes };
    if (!dropBlamed(changes, result)) throw result;
  }
}

/** Takes out what the parser refused; where that was not changed, what stands beside it. */
function dropBlamed(changes: Map<Setting, unknown>, { errors }: ConfigError): boolean {
  const drop = (isBlamed: (own: string) => boolean) => {
    const blamed = [...changes.keys()].filter(({ path }) => isBlamed(formatPath(path)));
    for (const setting of blamed) changes.delete(setting);
    return blamed.length > 0;
  };
  const beside = (path: string) => path.replace(/[.[][^.[]*$/, "");
  return (
    drop((own) =>
      errors.some(({ path, message }) => isIn(path, own) || isIn(own, path) || message.includes(own)),
    ) || drop((own) => errors.some(({ path }) => isIn(own, beside(path))))
  );
}

function isIn(path: string, above: string): boolean {
  return path === above || (path.startsWith(above) && ".[".includes(path[above.length]!));
}

function parsed(config: Config): StackConfig | ConfigError {
  try {
    return parseStack({
      ...handedOver(config),
      stack: "dev",
      local: true,
      projectDirectory: directory.path,
    });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function withValues(config: Config, changes: ReadonlyMap<Setting, unknown>): Config {
  const changed = structuredClone(config) as Record<string | number, unknown>;
  for (const [{ path }, value] of changes) {
    let at = changed;
    for (const step of path.slice(0, -1)) {
      at[step] ??= {};
      at = at[step] as typeof at;
    }
    at[path.at(-1)!] = structuredClone(value);
  }
  return changed as Config;
}

async function objectsOf(config: StackConfig): Promise<KubernetesObject[]> {
  const found = await declaredObjects({ project: "muster", stack: "dev" }, () => {
    const { admissionPolicies, images, network, userIds } = config.cluster;
    const served = {
      externalSecretsApi: "external-secrets.io/v1",
      mutatingPolicyApi: mutatingPolicyApi({ kinds }),
    };
    const shared = { stack: "dev", ...served, admissionPolicies, images };
    for (const { declared, secrets } of declaredSystems(config))
      new System(
        declared.name,
        { ...shared, declared, secrets, network, userIds },
        { provider: cluster({ name: "dev" }) },
      );
  });
  return found.map(({ manifest }) => manifest);
}

/** What the API server would say of it. */
async function refusalOf(object: KubernetesObject): Promise<string | undefined> {
  const { kind, metadata } = object;
  const placed = metadata.namespace ? { ...object, metadata: { ...metadata, namespace } } : object;
  // What an update alone knows has another text in its place, which is no base64.
  const body = kind === "Secret" ? { ...placed, data: {} } : placed;
  try {
    await api.apply(pathOf(kinds, placed)!, body, { dryRun: true });
    return undefined;
  } catch (error) {
    if (error instanceof KubernetesError) return `${kind} ${metadata.name}: ${error.message}`;
    throw error;
  }
}

test("the API server takes what config takes, at the edges of every key", async () => {
  const turns = new Map<string, number>();
  const taken = new Map<string, boolean>();
  const asked = new Set<string>();
  const refusals = new Set<string>();
  /** Keys of one kind share its edges, and take one after the other. */
  const next = ({ kind, candidates }: Setting) => {
    const turn = turns.get(kind) ?? 0;
    turns.set(kind, turn + 1);
    return candidates[turn % candidates.length];
  };
  for (const file of ["full", "other"]) {
    const text = readFileSync(join(__dirname, `../unit/${file}.stack.yaml`), "utf8");
    const { [CLUSTER]: own, ...running } = parse(text).config as Config;
    for (const [name, system] of Object.entries(running))
      for (let round = 0; round < ROUNDS; round++) {
        const { stack, changes } = draw({ [CLUSTER]: own!, [name]: system }, next);
        for (const kind of turns.keys()) taken.set(kind, taken.get(kind) ?? false);
        for (const { kind } of changes.keys()) taken.set(kind, true);
        const objects = (await objectsOf(stack)).filter((object) => {
          const json = JSON.stringify(object);
          return !asked.has(json) && asked.add(json);
        });
        while (objects.length > 0)
          for (const refusal of await Promise.all(objects.splice(0, 8).map(refusalOf)))
            if (refusal) refusals.add(refusal);
      }
  }
  expect([...refusals]).toEqual([]);
  const never = [...taken].filter(([, is]) => !is).map(([kind]) => kind);
  // Some have few edges, of which none fits what stands beside them: a path of a file that is there.
  expect(never.length, never.join("\n")).toBeLessThan(taken.size / 10);
  expect(taken.size).toBeGreaterThan(60);
  expect(asked.size).toBeGreaterThan(500);
});

test("and it does look at what it is asked", async () => {
  const selector = { matchLabels: { app: "x" } };
  const template = {
    metadata: { labels: { app: "x" } },
    spec: { containers: [{ name: "x", image: "x", ports: [{ containerPort: 65536 }] }] },
  };
  const metadata = { name: "x", namespace };
  expect(
    await refusalOf({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { selector, template } }),
  ).toMatch(/^Deployment x: .*containerPort/);
});
