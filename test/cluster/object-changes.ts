import type { DeclaredObject } from "../../cluster/comparison/declared-objects";

/** A change of one place in an object, by one of several values: the first that the API server takes. */
export interface Change {
  readonly object: DeclaredObject;
  readonly path: readonly (string | number)[];
  readonly op: "replace" | "add";
  readonly values: readonly unknown[];
}

/** What may be changed of an object: all but what names it. */
function parts({ manifest }: DeclaredObject) {
  const { apiVersion, kind, metadata, ...rest } = manifest;
  const { labels, annotations } = metadata;
  return { ...rest, metadata: { labels, annotations } };
}

/** Another value of each field. */
export function changedFields(object: DeclaredObject): Change[] {
  const leaves = (value: unknown, path: readonly (string | number)[]): Change[] => {
    if (Array.isArray(value)) return value.flatMap((each, place) => leaves(each, [...path, place]));
    if (typeof value === "object" && value !== null)
      return Object.entries(value).flatMap(([key, each]) => leaves(each, [...path, key]));
    return value === undefined ? [] : [{ object, path, op: "replace", values: others(value) }];
  };
  return leaves(parts(object), []);
}

/** Other values of the kind. */
function others(value: unknown): unknown[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value + 1, value - 1];
  const text = String(value);
  const fitting = families.filter((family) => family.includes(text)).flat();
  return [
    ...fitting,
    text.replace(/\d+/, (digits) => `${Number(digits) + 1}`),
    `${text}x`,
    "b3RoZXI=",
    "*/7 * * * *",
    // Conditions and texts of admission policies.
    "true",
    "'other'",
  ].filter((each) => each !== text);
}

const families = [
  ["IfNotPresent", "Always", "Never"],
  ["TCP", "UDP", "SCTP"],
  ["OnFailure", "Never"],
  ["Min", "Max"],
  ["Percent", "Pods"],
  ["Deny", "Audit"],
  ["get", "list", "watch", "create", "delete"],
  ["Allow", "Forbid", "Replace"],
  ["ReadWriteOnce", "ReadWriteMany"],
  ["Ingress", "Egress"],
  ["ScheduleAnyway", "DoNotSchedule"],
  ["restricted", "baseline"],
  ["true", "false"],
  ["RuntimeDefault", "Unconfined"],
  ["OnRootMismatch", "Always"],
  ["Prefix", "Exact"],
  ["Equivalent", "Exact"],
  ["AlwaysAllow", "IfHealthyBudget"],
  ["Fail", "Ignore"],
  ["Namespaced", "*"],
  ["CREATE", "UPDATE", "DELETE"],
  ["Forbidden", "Invalid"],
  ["Retain", "Delete"],
  ["Deny", "Warn"],
  ["metadata.name", "metadata.namespace", "status.podIP"],
];

/** A new item of each list, and a new key of each map that takes any. */
export function additions(object: DeclaredObject): Change[] {
  const all = (value: unknown, path: readonly (string | number)[]): Change[] => {
    if (Array.isArray(value)) {
      // The API server keeps no empty list that could be added to.
      if (value.length === 0)
        return [
          {
            object,
            path,
            op: "add",
            values: [
              ["stranger"],
              [{ name: "stranger", expression: "true" }],
              [{}],
              [{ containerPort: 9999 }],
            ],
          },
        ];
      const items = another(value.at(-1));
      return [
        { object, path: [...path, "-"], op: "add", values: items },
        ...value.flatMap((each, place) => all(each, [...path, place])),
      ];
    }
    if (typeof value !== "object" || value === null) return [];
    return [
      { object, path: [...path, "stranger"], op: "add", values: ["stranger", "c3RyYW5nZXI=", "7"] },
      ...Object.entries(value).flatMap(([key, each]) => all(each, [...path, key])),
    ];
  };
  return all(parts(object), []).filter(({ path }) => !isMark(path));
}

/** Labels and annotations of the object itself, which others may put there: docs/operations.md. */
function isMark([first]: Change["path"]): boolean {
  return first === "metadata";
}

/** Items of the kind by another name. */
function another(item: unknown): unknown[] {
  if (typeof item === "string") return [`${item}-x`, "stranger", ...others(item)];
  if (typeof item !== "object" || item === null) return others(item);
  const fields = item as Record<string, unknown>;
  const renamed = {
    ...fields,
    ...("name" in fields && { name: "stranger" }),
    ...("mountPath" in fields && { mountPath: "/stranger" }),
  };
  return [
    {
      ...renamed,
      ...("port" in fields && { port: 9999 }),
      ...("containerPort" in fields && { containerPort: 9999 }),
    },
    ...Object.keys(fields).flatMap((key) =>
      others(fields[key]).map((other) => ({ ...fields, [key]: other })),
    ),
    {},
  ];
}
