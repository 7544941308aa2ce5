import { text } from "./scalar";

// The grammar of https://github.com/distribution/reference/blob/v0.6.0/reference.go.
const DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = `(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH_PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
// The algorithms that container runtimes know: https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md#registered-algorithms
const DIGEST = "sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}";
const reference = (tag: string) =>
  new RegExp(`^((?:${DOMAIN}/)?${PATH_PART}(?:/${PATH_PART})*)${tag}(?:@(${DIGEST}))?$`);
const IMAGE = reference(`(?::(${TAG}))?`);
const TAGGED_IMAGE = reference(`:(${TAG})`);

export interface Image {
  /** With its registry, where one is given: ghcr.io/voltade/vomeet-bot. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

export function parseImage(image: string): Image | undefined {
  const [, repository, tag, digest] = IMAGE.exec(image) ?? [];
  return repository === undefined ? undefined : { repository, tag, digest };
}

/** An image reference: registry and port, path, tag, digest, all but the path optional; `tagged` asks for the tag. */
export const image = ({ tagged = false } = {}) =>
  text({
    name: tagged ? "an image reference with a tag" : "an image reference",
    rule: "registry/path:tag@digest",
    example: "ghcr.io/acme/dispatcher:1.4.2",
    pattern: tagged ? TAGGED_IMAGE : IMAGE,
    hint: (image) => {
      if (tagged && parseImage(image)) return "has no tag";
      if (/\s/.test(image)) return "has white space in it";
      if (/^[a-z]+:\/\//.test(image)) return "is a URL: leave out what stands before the registry";
      if (/:$/.test(image)) return "has an empty tag";
      if (image.includes("@")) return "has a digest that is not sha256: and 64 hexadecimal digits";
      if (/[A-Z]/.test(image.replace(/[:@][^/]*$/, "").replace(/^[^/]*\//, "")))
        return "has capital letters in its path";
      return undefined;
    },
    check: (image) => {
      const { repository } = parseImage(image)!;
      if (repository.length > 255) return "has a name of more than 255 characters";
      const port = /^[^/]+:([0-9]+)\//.exec(repository)?.[1];
      if (port && (Number(port) < 1 || Number(port) > 65535))
        return `has a registry port, ${port}, that is not from 1 to 65535`;
      if (/^[a-f0-9]{64}$/.test(repository)) return "is an image id, which no registry resolves";
      return undefined;
    },
  });
