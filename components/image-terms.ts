import { type Requirement, text } from "./admission-requirement";

/** What the images of a stack's pods have to be, whoever makes the pods. Where nothing is said, any will do. */
export interface ImageTerms {
  /** Repositories with their registry, in which `*` stands for any text. Default: all. */
  readonly registries?: readonly string[];
  /** Whether an image may be behind `latest`, or no tag. Default: true. */
  readonly latest?: boolean;
  /** Whether an image has to be named by its digest. Default: false. */
  readonly digest?: boolean;
}

interface Term {
  /** The rule of the policy pack that asks the same. */
  readonly id: string;
  /** What would do, in words. */
  readonly allowed: string;
  /** By the name with its registry, in what CEL (RE2) and JavaScript both read. */
  readonly pattern: string;
  readonly matches: boolean;
}

function termsOf({ registries = [], latest = true, digest = false }: ImageTerms): Term[] {
  const repositories = registries.map((each) => each.split("*").map(escaped).join(".*")).join("|");
  return [
    ...(registries.length > 0
      ? [
          {
            id: "image-registry",
            allowed: registries.join(", "),
            pattern: `^(${repositories})(:[^/@]*)?(@.*)?$`,
            matches: true,
          },
        ]
      : []),
    ...(latest
      ? []
      : [
          {
            id: "image-tag",
            allowed: "a version, or a digest",
            pattern: "^[^/]+/[^:@]+(:latest)?$",
            matches: false,
          },
        ]),
    ...(digest
      ? [{ id: "image-digest", allowed: "a digest", pattern: "@sha256:[a-f0-9]{64}$", matches: true }]
      : []),
  ];
}

function escaped(part: string): string {
  return part.replace(/[.+?^$()[\]{}|\\]/g, "\\$&");
}

// As container runtimes complete a name: what has no dot, no port and is not localhost is no registry.
const withRegistry = "^([^/]*[.:][^/]*|localhost)/";

function wholeName(image: string): string {
  if (new RegExp(withRegistry).test(image)) return image;
  return image.includes("/") ? `docker.io/${image}` : `docker.io/library/${image}`;
}

/** The same as the API server asks it of a pod's spec: the images of containers, and those that are mounted. */
export function imageRequirements(
  terms: ImageTerms,
  { spec, field, unless }: { readonly spec: string; readonly field: string; readonly unless?: string },
): { readonly variables: Readonly<Record<string, string>>; readonly requirements: readonly Requirement[] } {
  const asked = termsOf(terms);
  if (asked.length === 0) return { variables: {}, requirements: [] };
  const given = [
    `${spec}.containers.map(c, c.?image.orValue(""))`,
    `${spec}.?initContainers.orValue([]).map(c, c.?image.orValue(""))`,
    `${spec}.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(""))`,
  ].join(" + ");
  const whole = `i.matches(${text(withRegistry)}) ? i : i.contains("/") ? "docker.io/" + i : "docker.io/library/" + i`;
  return {
    variables: { images: `${unless ? `${unless} ? [] : ` : ""}(${given}).map(i, ${whole})` },
    requirements: asked.map(({ id, allowed, pattern, matches }) => {
      const does = `i.matches(${text(pattern)})`;
      const [holds, fails] = matches ? [does, `!${does}`] : [`!${does}`, does];
      return {
        id,
        field,
        holds: `variables.images.all(i, ${holds})`,
        found: `variables.images.filter(i, ${fails}).join(", ")`,
        allowed,
      };
    }),
  };
}

/** What the terms refuse of some images, in the words of the API server. */
export function refusedImages(terms: ImageTerms, images: readonly string[]): string[] {
  return termsOf(terms).flatMap(({ id, allowed, pattern, matches }) => {
    const found = images.map(wholeName).filter((image) => new RegExp(pattern).test(image) !== matches);
    return found.length > 0 ? [`${id}: ${found.join(", ")}; allowed: ${allowed}`] : [];
  });
}
