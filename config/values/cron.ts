import { text } from "./scalar";

const MACROS = "@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)";
const FIELD = "[0-9A-Za-z*?,/-]+";
const CRON = new RegExp(`^(?:${MACROS}|${FIELD}(?:[ \\t]+${FIELD}){4})$`);

/** A schedule in the five fields (or a macro) that a Kubernetes CronJob takes. Refused: a day that never comes, a time zone. */
export const cron = () =>
  text({
    name: "a cron schedule of five fields",
    rule: "minute, hour, day of the month, month, day of the week",
    example: "30 2 * * * or @daily",
    pattern: CRON,
    hint: (line) => {
      if (/^(CRON_)?TZ=/.test(line)) return "has a time zone: Kubernetes takes that apart, as timeZone";
      if (line.startsWith("@")) return "is not a macro that Kubernetes knows";
      const fields = line.trim().split(/\s+/).length;
      return fields === 5 ? undefined : `has ${fields} fields, not 5`;
    },
    check: (line) => {
      if (line.startsWith("@")) return undefined;
      const [, , , month = "", weekday = ""] = line.split(/[ \t]+/);
      if (
        /[A-Za-z]/.test(
          line
            .split(/[ \t]+/)
            .slice(0, 3)
            .join(),
        )
      )
        return "has letters where only digits are taken";
      if (/[A-Za-z]{4}|(?<![A-Za-z])[A-Za-z]{1,2}(?![A-Za-z])/.test(`${month} ${weekday}`))
        return "names a month or a day wrongly: three letters, as in JAN or MON";
      if (/(?<![/\d])7/.test(weekday)) return "has 7 as a day of the week: Kubernetes counts 0 (Sunday) to 6";
      return cronParserProblem(line);
    },
  });

function cronParserProblem(line: string): string | undefined {
  // Loaded when the first schedule is read: it brings a calendar library, and most stacks have no schedule.
  const { CronExpressionParser } = require("cron-parser") as typeof import("cron-parser");
  try {
    CronExpressionParser.parse(line.replaceAll("?", "*")).next();
    return undefined;
  } catch {
    return "has a value out of range, one that is given twice, or a day that never comes";
  }
}
