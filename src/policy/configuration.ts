/** To be replaced by the zod schema of the configuration. */
export type Configuration = Readonly<Record<string, never>>;
export interface ConfigurationProblem {
  /** Which file is wrong. */
  readonly file: "repository" | "owner";
  /** From 1; null where the problem is the file as a whole. */
  readonly line: number | null;
  readonly message: string;
}
