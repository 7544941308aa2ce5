import { entries, type Grammar, text } from "./scalar";

const NAME = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
const PREFIX = "(?:(?=[^/]{1,253}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?";

const keyGrammar = (what: string, example: string): Grammar => ({
  name: `${what} (at most 63 letters, digits, -, _ and ., after an optional DNS prefix and a slash)`,
  example,
  pattern: new RegExp(`^${PREFIX}${NAME}$`),
});

const labelKeyGrammar = keyGrammar("a label key", "topology.kubernetes.io/zone");

const labelValueGrammar: Grammar = {
  name: "a label value (at most 63 letters, digits, -, _ and ., a letter or digit at both ends)",
  example: "eu-west-1a",
  pattern: new RegExp(`^(?:${NAME})?$`),
  hint: (value) => (value.length > 63 ? `has ${value.length} characters, more than 63` : undefined),
};

const ANNOTATIONS_LIMIT = 256 * 1024;

export const labelKey = () => text(labelKeyGrammar);
export const labelValue = () => text(labelValueGrammar);

/** Labels that a node must carry. */
export const nodeSelector = () => entries(labelKeyGrammar, labelValueGrammar);

/** Annotations of an object. Refused: more than the 256 KiB that the API server takes. */
export const annotations = () =>
  entries(keyGrammar("an annotation key", "nginx.ingress.kubernetes.io/proxy-body-size"), {
    name: "text",
    example: '"8m"',
    pattern: /^[\s\S]*$/,
    check: (value) => (Buffer.byteLength(value) > ANNOTATIONS_LIMIT ? "is more than 256 KiB" : undefined),
  });
