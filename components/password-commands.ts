/** A command in the container of a server. What is secret it reads from its input: command lines are for all to see. */
export interface ServerCommand {
  readonly command: readonly string[];
  readonly input: string;
}

/** How long such a command may take: a server that hangs would stop every update, also one that mends it. */
export const commandSeconds = 45;

/** What a server's own Secret holds. */
export type Credentials = Readonly<Record<string, string>>;

/** How a server that runs is told of another password, so that none of its clients is refused for it. */
export interface PasswordCommands {
  /** From now on it takes the new one too. */
  readonly accept: (before: Credentials, after: Credentials) => ServerCommand;
  /** It takes none but this one any longer. */
  readonly withdraw: (current: Credentials) => ServerCommand;
}
