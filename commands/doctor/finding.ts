/** What was looked at, and what mends it where it is wrong. */
export interface Finding {
  readonly what: string;
  /** Undefined where all is well. */
  readonly mend?: string;
}

export interface Part {
  readonly name: string;
  readonly findings: readonly Finding[];
}

export function inText(parts: readonly Part[]): string {
  return parts
    .map(({ name, findings }) =>
      [
        name,
        ...findings.flatMap(({ what, mend }) =>
          mend === undefined
            ? [`  ✓ ${what}`]
            : [`  ✗ ${what}`, ...mend.split("\n").map((line) => `      ${line}`)],
        ),
      ].join("\n"),
    )
    .join("\n\n");
}
