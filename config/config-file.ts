import { readFileSync } from "node:fs";
import { isAbsolute, join, normalize, relative, sep } from "node:path";
import { isMap } from "yaml";
import type { Finding } from "./issue";
import type { Path } from "./path";
import { show } from "./show";
import { text } from "./values/scalar";
import { YamlText } from "./yaml-text";

// What a ConfigMap can hold as a whole: https://kubernetes.io/docs/concepts/configuration/configmap/#motivation
const LARGEST = 1024 * 1024;

/** The path of a file, seen from the project's directory. Refused: absolute paths and such as lead out of it. */
export const filePath = (example: string) =>
  text({
    name: "the path of a file in the project",
    example,
    pattern: /^[^\0]+$/,
    check: (path) => {
      if (isAbsolute(path)) return "is an absolute path";
      return normalize(path).split(sep)[0] === ".." ? "leads out of the project" : undefined;
    },
  });

/** A YAML file that is handed to a workload as it is: its text, or what is wrong with it and where. */
export function readYamlFile(
  directory: string,
  path: string,
  setting: Path,
): { content: string } | { findings: readonly Finding[] } {
  const file = relative(directory, join(directory, path));
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(join(directory, path)));
  } catch (error) {
    return {
      findings: [
        {
          path: setting,
          message: `${show(path)} ${unreadable(error)}.`,
          accepts: "a YAML file in the project",
        },
      ],
    };
  }
  if (Buffer.byteLength(content) > LARGEST)
    return {
      findings: [
        { file, path: setting, message: "The file is larger than 1 MiB, which no ConfigMap can hold." },
      ],
    };

  const { document, problems, positionOf } = new YamlText(content);
  const wrong =
    problems.length > 0 || isMap(document.contents)
      ? problems
      : [{ message: "The file does not hold a mapping.", ...positionOf(document.contents?.range?.[0]) }];
  const accepts = "a YAML file that holds one mapping";
  return wrong.length > 0
    ? { findings: wrong.map((each) => ({ file, path: setting, accepts, ...each })) }
    : { content };
}

function unreadable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return "is not there";
  if (code === "EISDIR") return "is a folder, not a file";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "is not text in UTF-8";
  return `cannot be read (${code})`;
}
