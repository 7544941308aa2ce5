import { commandSeconds, type PasswordCommands, type ServerCommand } from "./password-commands";

/** Redis knows any number of passwords for one user. What its file says holds from its next start on. */
export const redisPasswords: PasswordCommands = {
  accept: ({ password: old }, { password }) => asDefaultUser([old!, password!], `on >${old} >${password}`),
  withdraw: ({ password }) => asDefaultUser([password!], `resetpass >${password}`),
};

/** Logs in by whichever of the passwords it takes, and changes the user that all clients are. */
function asDefaultUser(passwords: readonly string[], rules: string): ServerCommand {
  const lines = [...passwords.map((password) => `AUTH ${password}`), `ACL SETUSER default ${rules}`];
  // The container's own variable has the password of its start. redis-cli ends with 0 whatever the answers are.
  const script = [
    "unset REDISCLI_AUTH",
    `answers="$(timeout ${commandSeconds} redis-cli -p 6379)"`,
    'last="$(echo "$answers" | tail -n 1)"',
    'test -n "$last" || last="no answer"',
    'test "$last" = OK || { echo "$last" >&2; exit 1; }',
  ];
  return { command: ["sh", "-c", script.join("\n")], input: `${lines.join("\n")}\n` };
}
