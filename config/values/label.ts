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

// The API server takes 256 KiB: https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
// The rest is for annotations of Muster's own.
const MOST_BYTES = 224 * 1024;

/** Labels beside those that Muster gives everything. Refused: these, which say what belongs to what. */
export const ownLabels = () =>
  entries(
    {
      ...labelKeyGrammar,
      check: (key) =>
        key.startsWith("app.kubernetes.io/") ? "is among the labels that Muster writes itself" : undefined,
    },
    labelValueGrammar,
  );

/** Annotations of an object. Refused: more than 224 KiB in all. */
export const annotations = () =>
  entries(
    keyGrammar("an annotation key", "nginx.ingress.kubernetes.io/proxy-body-size"),
    { name: "text", example: '"8m"', pattern: /^[\s\S]*$/, longest: MOST_BYTES },
    MOST_BYTES,
  );
