import { text } from "./scalar";

/** The name of an environment variable, as every shell reads it. */
export const environmentName = () =>
  text({
    name: "the name of an environment variable",
    rule: "letters, digits and _, no digit first",
    example: "LOG_LEVEL",
    pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  });
