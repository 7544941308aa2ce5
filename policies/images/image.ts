import type { Field } from "../field";
import type { Container, Pod } from "../pod";

/** An image's name, taken apart. */
export interface Image {
  /** With its registry: `docker.io/library/redis`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** What an image's name says; undefined where it says nothing, or is not known. */
export function parseImage(name: string | undefined): Image | undefined {
  const match = /^(?<path>[^@]+?)(?::(?<tag>[\w][\w.-]*))?(?:@(?<digest>\w+:\w+))?$/.exec(name ?? "");
  if (!match) return undefined;
  const { path = "", tag, digest } = match.groups as { path?: string; tag?: string; digest?: string };
  return { repository: withRegistry(path), ...(tag && { tag }), ...(digest && { digest }) };
}

/** As container runtimes complete it: what has no dot, no port and is not localhost is no registry. */
function withRegistry(path: string): string {
  const [first = "", ...rest] = path.split("/");
  if (rest.length > 0 && (/[.:]/.test(first) || first === "localhost")) return path;
  return rest.length > 0 ? `docker.io/${path}` : `docker.io/library/${path}`;
}

/** Whether the image behind the name may be another tomorrow. */
export function isMoving({ tag, digest }: Image): boolean {
  return digest === undefined && (tag === undefined || tag === "latest");
}

/** The image of a container, and those that a pod mounts as volumes. */
export function imagesOf(of: Pod | Container): Field[] {
  if ("field" in of) return [of.field.at("image")].filter(({ isSet }) => isSet);
  return of.spec
    .at("volumes")
    .items()
    .map((volume) => volume.at("image", "reference"))
    .filter(({ isSet }) => isSet);
}
