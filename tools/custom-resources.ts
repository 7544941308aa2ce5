import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { KubernetesObject } from "./kubernetes";

/** Where the API server has the definitions of custom resources. */
export const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Those that a release brings, each in a file of its own. */
export function definitionsIn(folder: string, inName = ""): KubernetesObject[] {
  return readdirSync(folder)
    .filter((file) => file.includes(inName))
    .map((file) => parse(readFileSync(join(folder, file), "utf8")));
}
