import { formatPath, type Path } from "./path";

/** Where config says which image runs, defaults too: the paths of each image. */
export function imagePaths(
  systems: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, string[]>();
  for (const [name, config] of Object.entries(systems))
    for (const { path, image } of imagesIn(config, [`muster:${name}`]))
      paths.set(image, [...(paths.get(image) ?? []), formatPath(path)]);
  return paths;
}

/** What stands at a key `image`, or in a mapping of that name. */
function imagesIn(config: unknown, path: Path): { readonly path: Path; readonly image: string }[] {
  if (typeof config !== "object" || config === null) return [];
  return Object.entries(config).flatMap(([key, value]) => {
    const here = [...path, key];
    if (typeof value !== "string") return imagesIn(value, here);
    const isImage = key === "image" || (path.at(-1) === "image" && !/policy$/i.test(key));
    return isImage ? [{ path: here, image: value }] : [];
  });
}
