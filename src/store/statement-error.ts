import { DatabaseError } from "pg";
import { StoreError } from "./store-error.ts";

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: connection, resources, operator, system, internal. */
const UNAVAILABLE_CLASSES = ["08", "53", "57", "58", "XX"];
/** Read-only, as a standby is until it takes over, or a server that an operator set so. */
const READ_ONLY = "25006";
/** A missing privilege, and what PostgreSQL makes of a folder that it may not write to. */
const NOT_ALLOWED = "42501";
const PASSING = [READ_ONLY, NOT_ALLOWED];

const IN_WORDS: Readonly<Record<string, string>> = {
  "53100": "The disk of the database is full",
  "53300": "The database has no connection left",
  "57P01": "The database is shutting down",
  "57P03": "The database is starting",
  [READ_ONLY]: "The database is read-only",
  [NOT_ALLOWED]: "The database may not write: its folder is read-only, or its role lacks a privilege",
};
/** A deadlock, a conflict, or a lock that was not free in time. */
const CONFLICT_CODES = ["40001", "40P01", "55P03"];

/**
 * Types a failed statement's error if a retry may help: the server is unreachable or full, or rolled this transaction back in
 * favour of another. Any other error, such as a violated constraint, is a bug in this program and stays as it is.
 */
export function statementError(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  if (error instanceof DatabaseError) {
    const code = error.code ?? "";
    if (CONFLICT_CODES.includes(code)) {
      return new StoreError("database_conflict", `The database rolled this transaction back (${code}).`, {
        cause: error,
      });
    }
    if (!PASSING.includes(code) && !UNAVAILABLE_CLASSES.includes(code.slice(0, 2))) return error;
    const words = IN_WORDS[code] ?? "The database refuses work";
    return new StoreError("database_unavailable", `${words} (${code}).`, { cause: error });
  }
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return new StoreError("database_unavailable", "The database is unreachable.", { cause: error });
}
