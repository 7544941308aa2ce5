import { commandSeconds, type PasswordCommands, type ServerCommand } from "./password-commands";

/** Where the scripts of a PostgreSQL are in its container. */
export const setupPath = "/etc/postgresql-setup";

/**
 * A role of PostgreSQL has one password, so each password has a login of its own, which acts as the owner of the database: what
 * it makes belongs to that one, and is there for the next login as well.
 */
export const postgresqlPasswords: PasswordCommands = {
  accept: (_, { user, password }) =>
    withInput(["APPLICATION_USER", "APPLICATION_PASSWORD"], [user!, password!], "setup.sh"),
  withdraw: ({ user }) => withInput(["APPLICATION_USER"], [user!], "withdraw.sh"),
};

/** Runs a script with variables that are lines of its input. */
function withInput(names: readonly string[], values: readonly string[], script: string): ServerCommand {
  const lines = [...names.map((name) => `read -r ${name}`), `export ${names.join(" ")}`];
  return {
    command: [
      "sh",
      "-c",
      `${lines.join(" && ")} && exec timeout ${commandSeconds} sh ${setupPath}/${script}`,
    ],
    input: `${values.join("\n")}\n`,
  };
}

interface Owned {
  readonly user: string;
  readonly database: string;
  readonly superuserLogin?: boolean;
}

/** The SQL that makes the owner, its login and the database where they are missing, and gives the login its password. */
export function setupSql({ user: owner, database, superuserLogin = false }: Owned): string {
  return lines(
    // The log has every statement that fails, and one of them holds the password.
    "SET log_min_error_statement = panic;",
    "\\getenv user APPLICATION_USER",
    "\\getenv password APPLICATION_PASSWORD",
    ...[`'${owner}'`, ":'user'"].map(
      (role) =>
        `SELECT format('CREATE ROLE %I LOGIN', ${role}) WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${role}) \\gexec`,
    ),
    `ALTER ROLE :"user" LOGIN NOSUPERUSER PASSWORD :'password';`,
    `SELECT format('GRANT "${owner}" TO %I', :'user'), format('ALTER ROLE %I SET role = "${owner}"', :'user')`,
    `  WHERE :'user' <> '${owner}' \\gexec`,
    ...(superuserLogin
      ? ["\\getenv superuser POSTGRES_PASSWORD", "ALTER ROLE postgres PASSWORD :'superuser';"]
      : []),
    `SELECT 'CREATE DATABASE "${database}" OWNER "${owner}"'`,
    `  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec`,
  );
}

/** The SQL that leaves the owner and one login: nobody logs in as another, and the owner has no password but its own login's. */
export function withdrawSql(owner: string): string {
  const others = `  FROM pg_roles WHERE rolname ~ '^${loginPrefix(owner)}[0-9a-f]{8}$' AND rolname <> :'user' \\gexec`;
  return lines(
    "SET lock_timeout = '10s';",
    "\\getenv user APPLICATION_USER",
    `SELECT 'ALTER ROLE "${owner}" PASSWORD NULL' WHERE :'user' <> '${owner}' \\gexec`,
    "SELECT format('ALTER ROLE %I NOLOGIN PASSWORD NULL', rolname)",
    others,
    // A role stays while another database has something of it, such as one that was kept by a restore.
    "\\set ON_ERROR_STOP off",
    `SELECT format('REASSIGN OWNED BY %I TO "${owner}"', rolname), format('DROP OWNED BY %I', rolname), format('DROP ROLE %I', rolname)`,
    others,
  );
}

/** What the logins of an owner are called, but for the digest of their password. */
export function loginPrefix(owner: string): string {
  // PostgreSQL cuts names off at 63 characters.
  return `${owner.slice(0, 54)}_`;
}

function lines(...all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
