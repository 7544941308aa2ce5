import { entries, type Grammar, text } from "./scalar";

const NAME = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
const PREFIX = "(?:(?=[^/]{1,253}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?";

const keyGrammar = (what: string, example: string): Grammar => ({
  name: `${what}`,
  rule: `at most 63 letters, digits, -, _ and ., after an optional DNS prefix and a slash`,
  example,
  pattern: new RegExp(`^${PREFIX}${NAME}$`),
});

const labelKeyGrammar = keyGrammar("a label key", "topology.kubernetes.io/zone");

const labelValueGrammar: Grammar = {
  name: "a label value",
  rule: "at most 63 letters, digits, -, _ and ., a letter or digit at both ends",
  example: "eu-west-1a",
  pattern: new RegExp(`^(?:${NAME})?$`),
  longest: 63,
};

export const labelKey = () => text(labelKeyGrammar);
export const labelValue = () => text(labelValueGrammar);

/** Labels, by key. */
export const labels = () => entries(labelKeyGrammar, labelValueGrammar);

/** Annotations of an object. Refused: values of more than 256 KiB, which the API server does not take. */
export const annotations = () =>
  entries(keyGrammar("an annotation key", "nginx.ingress.kubernetes.io/proxy-body-size"), {
    name: "text",
    example: '"8m"',
    pattern: /^[\s\S]*$/,
    longest: 256 * 1024,
  });
