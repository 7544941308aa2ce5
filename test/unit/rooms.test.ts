import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

// Who may import whom: docs/architecture.md, "The rooms". Types count too: they are read together.

const root = join(__dirname, "../..");

/** The rooms that a room may import from, beside itself. */
const below: Readonly<Record<string, readonly string[]>> = {
  components: [],
  cluster: ["components"],
  config: [],
  systems: ["components", "config"],
  policies: [],
};

test.each(Object.entries(below))("%s/ imports nothing from above it", (room, allowed) => {
  const files = importsOf(room);
  const astray = Object.entries(files).flatMap(([file, imports]) =>
    imports
      .filter((each) => ![room, ...allowed].includes(each.split("/")[0]!))
      .map((each) => `${file} imports ${each}`),
  );
  expect(astray).toEqual([]);
});

describe.each(Object.keys(below))("%s/", (room) => {
  test("has no circle", () => {
    const files = importsOf(room);
    expect(Object.keys(files).flatMap((file) => circle(files, [file]) ?? [])).toEqual([]);
  });
});

test("no file has more than 300 lines", () => {
  const folders = [...Object.keys(below), "bench", "commands", "test", "tools"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  );
  const code = files.filter((file) => /\.m?[jt]s$/.test(file) && !file.includes("node_modules"));
  const lines = (file: string) => readFileSync(join(root, file), "utf8").split("\n").length - 1;
  expect(code.length).toBeGreaterThan(500);
  expect(code.filter((file) => lines(file) > 300)).toEqual([]);
});

/** The files of a room, each with those of the project that it imports. */
function importsOf(room: string): Record<string, string[]> {
  const files = readdirSync(join(root, room), { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => file.endsWith(".ts")).map((file) => join(room, file));
  return Object.fromEntries(
    sources.map((file) => {
      const text = readFileSync(join(root, file), "utf8");
      const found = [...text.matchAll(/(?:from |import |import\(|require\()"(\.[^"]*)"/g)].map(([, path]) =>
        normalize(join(dirname(file), path!)),
      );
      return [file, found.map((path) => `${path}.ts`)];
    }),
  );
}

/** A way from the first file of a path back to it. */
function circle(
  files: Readonly<Record<string, readonly string[]>>,
  path: readonly string[],
  seen = new Set<string>(),
): string | undefined {
  for (const next of files[path.at(-1)!] ?? []) {
    if (next === path[0]) return [...path, next].join(" → ");
    if (seen.has(next)) continue;
    seen.add(next);
    const found = circle(files, [...path, next], seen);
    if (found) return found;
  }
  return undefined;
}
