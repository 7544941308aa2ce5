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

/** A pod's spec, as an expression. */
interface JudgedSpec {
  readonly spec: string;
  /** The field of the images, as a path of the object. */
  readonly field: string;
  /** What lifts it. Default: nothing. */
  readonly unless?: string;
  /** The spec of before, whose images are not judged again. Default: there is none. */
  readonly before?: string;
}

/** The same as the API server asks it of a pod's spec: the images of containers, and those that are mounted. */
export function imageRequirements(
  terms: ImageTerms,
  { spec, field, unless, before }: JudgedSpec,
): { readonly variables: Readonly<Record<string, string>>; readonly requirements: readonly Requirement[] } {
  const asked = termsOf(terms);
  if (asked.length === 0) return { variables: {}, requirements: [] };
  const whole = `i.matches(${text(withRegistry)}) ? i : i.contains("/") ? "docker.io/" + i : "docker.io/library/" + i`;
  return {
    variables: {
      ...(before && { imagesBefore: `oldObject == null ? [] : ${imagesOf(before)}` }),
      images: `${unless ? `${unless} ? [] : ` : ""}(${imagesOf(spec)})${before ? ".filter(i, !(i in variables.imagesBefore))" : ""}.map(i, ${whole})`,
    },
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

function imagesOf(spec: string): string {
  const containers = ["containers", "initContainers", "ephemeralContainers"].map(
    (list) => `${spec}.?${list}.orValue([]).map(c, c.?image.orValue(""))`,
  );
  const mounted = `${spec}.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.?reference.orValue(""))`;
  return [...containers, mounted].join(" + ");
}

/** What the terms refuse of some images, in the words of the API server. */
export function refusedImages(terms: ImageTerms, images: readonly string[]): string[] {
  return termsOf(terms).flatMap(({ id, allowed, pattern, matches }) => {
    const found = images.map(wholeName).filter((image) => new RegExp(pattern).test(image) !== matches);
    return found.length > 0 ? [`${id}: ${found.join(", ")}; allowed: ${allowed}`] : [];
  });
}
