import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { cluster } from "../../components/cluster";
import type { DeclaredResource } from "../../components/declared-resource";
import { declaredResources } from "../../components/declared-resources";
import { System, type SystemArgs } from "../../components/system";
import { handedOver } from "../../config/cli-config";
import {
  type DeclaredSystem,
  declaredSystems,
  parseStack,
  type StackConfig,
  type SystemName,
  systems,
} from "../../systems";

export const shippedStacks = ["dev", "staging", "prod"] as const;

const projectDirectory = join(__dirname, "../..");

/** The config of a stack, by default as Muster ships it, as on a user's cluster where every secret has been set. */
export function configOf(
  stack: string,
  text = readFileSync(join(projectDirectory, `Pulumi.${stack}.yaml`), "utf8"),
  given = (key: string) => `given-${key}`,
): StackConfig {
  const { values: file } = handedOver(parse(text).config);
  const raw = { stack, projectDirectory };
  const bare = parseStack({ ...raw, values: file, secretKeys: new Set(), local: true });
  const keys = (Object.keys(systems) as SystemName[]).flatMap(
    (name) => bare[name]?.secrets.missing.map((key) => [`${name}:${key}`, given(key)] as const) ?? [],
  );
  const values = Object.fromEntries(keys);
  return parseStack({
    ...raw,
    values: { ...file, ...values },
    secretKeys: new Set(Object.keys(values)),
    local: false,
  });
}

/** The resources that a system becomes, in the order of its components. */
export function resourcesOf(
  { declared, secrets }: Pick<DeclaredSystem, "declared" | "secrets">,
  stack: string,
  place: Pick<SystemArgs, "images" | "network"> = {},
): Promise<readonly DeclaredResource[]> {
  return declaredResources({ project: "muster", stack }, () => {
    const provider = cluster({ name: stack });
    const served = {
      externalSecretsApi: "external-secrets.io/v1",
      mutatingPolicyApi: "admissionregistration.k8s.io/v1",
    };
    new System(declared.name, { stack, declared, secrets, ...served, ...place }, { provider });
  });
}

/** A system of a stack that Muster ships, as it is declared. */
export function shippedSystem(stack: string, name: SystemName): DeclaredSystem {
  return declaredSystems(configOf(stack)).find(({ declared }) => declared.name === name)!;
}

/** Every resource of a stack that Muster ships, by system. */
export async function shippedResources(
  stack: string,
): Promise<ReadonlyMap<string, readonly DeclaredResource[]>> {
  const config = configOf(stack);
  const { images } = config.cluster;
  const made = declaredSystems(config).map(
    async (each) => [each.declared.name, await resourcesOf(each, stack, { images })] as const,
  );
  return new Map(await Promise.all(made));
}
