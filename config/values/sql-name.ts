import { text } from "./scalar";

/** The name of a user or a database of PostgreSQL, in the form that needs no quotes. */
export const sqlName = (check?: (name: string) => string | undefined) =>
  text({
    name: "a name of PostgreSQL's",
    rule: "at most 63 lower-case letters, digits and _, a letter first",
    example: "app_prod",
    pattern: /^[a-z][a-z0-9_]{0,62}$/,
    check,
  });

/** The user that is made in a PostgreSQL of the system's own. */
export const ownSqlUser = () =>
  sqlName((name) => {
    if (name === "postgres") return "is the superuser of PostgreSQL, which no application is to be";
    return /^pg_|^(public|none)$/.test(name) ? "is a name that PostgreSQL keeps for itself" : undefined;
  });

/** The database that is made in a PostgreSQL of the system's own. */
export const ownSqlDatabase = () =>
  sqlName((name) =>
    /^(postgres|template[01])$/.test(name)
      ? "is there in every PostgreSQL, and does not belong to the user"
      : undefined,
  );
