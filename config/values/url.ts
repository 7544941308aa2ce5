import { text } from "./scalar";

/** A URL with a host, of one of the given schemes. Refused: a user or password in it, which would lie in plain text, and `$(…)`. */
export const url = ({ schemes }: { schemes: readonly [string, ...string[]] }) =>
  text({
    name: "a URL",
    rule: schemes.map((scheme) => `${scheme}://…`).join(", "),
    example: `${schemes[0]}://api.example.com/path`,
    pattern: new RegExp(`^(?:${schemes.join("|")})://[^\\s/]`),
    check: (text) => {
      if (text.includes("$(")) return "holds $(…), which Kubernetes replaces in what it becomes";
      if (/\s/.test(text) || !URL.canParse(text)) return "cannot be read as a URL";
      const url = new URL(text);
      if (url.username || url.password) return "holds a user or password, which belongs in a secret";
      return undefined;
    },
  });
