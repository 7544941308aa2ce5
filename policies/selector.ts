import type { Field } from "./field";

/** Whether labels match; a field where it is that one, unknown, which decides. */
export type Match = boolean | Field;

/** By a map of labels, as Services select: each has to be there. An empty one selects nothing. */
export function matchesMap(map: Field, labels: Field): Match {
  if (map.isUnknown) return map;
  const wanted = map.entries();
  if (wanted.length === 0) return false;
  return all(wanted, ([key, value]) => has(labels, key, [value]));
}

/** By a label selector, as everything else selects. An empty one selects everything, one that is not set nothing. */
export function matchesSelector(selector: Field, labels: Field): Match {
  if (!selector.isSet) return false;
  const [map, expressions] = [selector.at("matchLabels"), selector.at("matchExpressions")];
  if (selector.isUnknown || map.isUnknown) return map;
  const byMap = all(map.entries(), ([key, value]) => has(labels, key, [value]));
  if (byMap === false) return false;
  const byExpressions = all(expressions.items(), (expression) => matchesExpression(expression, labels));
  return byMap === true ? byExpressions : byExpressions && byMap;
}

function matchesExpression(expression: Field, labels: Field): Match {
  if (expression.isUnknown) return expression;
  const [key, operator] = [expression.at("key").text ?? "", expression.at("operator").value];
  const values = expression.at("values").items();
  if (operator === "In") return has(labels, key, values);
  if (operator === "NotIn") return not(has(labels, key, values));
  const label = labels.at(key);
  if (label.isUnknown) return label;
  return operator === "Exists" ? label.isSet : operator === "DoesNotExist" && !label.isSet;
}

function has(labels: Field, key: string, values: readonly Field[]): Match {
  const label = labels.at(key);
  const unknown = [label, ...values].find(({ isUnknown }) => isUnknown);
  if (unknown) return unknown;
  return label.isSet && values.some(({ value }) => String(value) === String(label.value));
}

function not(match: Match): Match {
  return typeof match === "boolean" ? !match : match;
}

/** One that does not match decides, whatever is unknown beside it. */
function all<T>(wanted: readonly T[], matches: (each: T) => Match): Match {
  let undecided: Match = true;
  for (const each of wanted) {
    const match = matches(each);
    if (match === false) return false;
    if (undecided === true) undecided = match;
  }
  return undecided;
}

/** The labels that a selector wants, each with a value that would do. */
export function wantedLabels(selector: Field): [key: string, value: string][] {
  const [map, expressions] = [selector.at("matchLabels"), selector.at("matchExpressions")];
  const wanted = [
    ...(map.isSet ? map : selector).entries(),
    ...expressions
      .items()
      .filter((expression) => expression.at("operator").value === "In")
      .flatMap((expression) =>
        expression
          .at("values")
          .items()
          .map((value) => [expression.at("key").text ?? "", value] as const),
      ),
  ];
  return wanted.flatMap(([key, { text }]) => (text === undefined ? [] : [[key, text]]));
}

/** A selector as people write it: `app=web, tier in (a, b)`. */
export function shownSelector(selector: Field): string {
  const map = selector.at("matchLabels").isSet ? selector.at("matchLabels") : selector;
  const labels = map
    .entries()
    .filter(([, { text }]) => text !== undefined)
    .map(([key, { text }]) => `${key}=${text}`);
  const expressions = selector
    .at("matchExpressions")
    .items()
    .map((each) => {
      const values = each
        .at("values")
        .items()
        .map(({ text }) => text);
      return `${each.at("key").text} ${each.at("operator").text}${values.length > 0 ? ` (${values.join(", ")})` : ""}`;
    });
  return [...labels, ...expressions].join(", ");
}
