/** A stack's config as Pulumi hands it to the program. */
export interface RawConfig {
  readonly stack: string;
  /** As pulumi.runtime.allConfig() gives them: objects as JSON text, secrets decrypted. */
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: ReadonlySet<string>;
  /** Whether the stack goes to the local cluster, where a secret without a value gets a placeholder. */
  readonly local: boolean;
  /** Where Pulumi.yaml lies; paths of files start there. */
  readonly projectDirectory: string;
}
