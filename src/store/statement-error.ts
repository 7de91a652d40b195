import { DatabaseError } from "pg";
import { StoreError } from "./store-error.ts";

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: connection, resources, operator, system, internal. */
const UNAVAILABLE_CLASSES = ["08", "53", "57", "58", "XX"];
/** Rolled back by a deadlock or a conflict, or a lock that was not free in time. */
const CONFLICT_CODES = ["40001", "40P01", "55P03"];

/**
 * A failed statement's error, typed where trying again may help: the server is away, full, or chose this transaction to
 * give way. Every other error of a statement, such as a broken constraint, is a mistake of this program and stays as it is.
 */
export function statementError(error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  if (error instanceof DatabaseError) {
    const code = error.code ?? "";
    if (CONFLICT_CODES.includes(code)) {
      return new StoreError("database_conflict", `The database gave this transaction up (${code}).`, {
        cause: error,
      });
    }
    if (!UNAVAILABLE_CLASSES.includes(code.slice(0, 2))) return error;
    return new StoreError("database_unavailable", `The database refuses work (${code}).`, { cause: error });
  }
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return new StoreError("database_unavailable", "The database is unreachable.", { cause: error });
}
