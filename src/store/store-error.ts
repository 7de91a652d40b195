/**
 * Something is wrong with the database or its folder; the message says what to do. `retry` tells the queue whether the
 * same work may pass later: a lost connection, a full disk and a lock conflict may, a wrong folder may not.
 */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code:
    | "data_folder_in_use"
    | "data_folder_unusable"
    | "other_database_version"
    | "newer_schema"
    | "older_schema"
    | "not_found"
    | "database_unavailable"
    | "database_conflict";

  constructor(code: StoreError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get retry(): "soon" | "never" {
    return this.code === "database_unavailable" || this.code === "database_conflict" ? "soon" : "never";
  }

  get retryable(): boolean {
    return this.retry === "soon";
  }
}

/** True for a system error with one of these codes, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): error is Error {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code)
  );
}
