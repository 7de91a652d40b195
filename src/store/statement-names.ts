/**
 * Names for prepared statements. The server parses and plans a statement with a name once on each connection and not at each
 * run, which is most of the processor time that the small statements of a push cost it. A pooler in transaction mode may
 * run the second half of such a statement on another connection: then the names are given up, and all works as without.
 */
import { createHash } from "node:crypto";
import { DatabaseError } from "pg";

/** There are far fewer: each is written in the code. More would be a mistake, and cost memory on every connection. */
const MAX_NAMES = 500;

/** No such statement; one with this name; and a result that a migration changed: "cached plan must not change result type". */
const REFUSALS: readonly string[] = ["26000", "42P05", "0A000"];

export interface StatementNames {
  /** The same text has the same name in every process. Undefined: run it without one. */
  of(sql: string): string | undefined;
  /** Whether the error is about a name, and says nothing of the statement. From then on there are no names. */
  refusedBy(error: unknown): boolean;
}

/** @param refused called once, when the names are given up */
export function createStatementNames(refused: () => void): StatementNames {
  const names = new Map<string, string>();
  let given = true;
  return {
    of(sql) {
      if (!given) return undefined;
      const known = names.get(sql);
      if (known !== undefined || names.size >= MAX_NAMES) return known;
      const name = createHash("sha256").update(sql).digest("hex").slice(0, 32);
      names.set(sql, name);
      return name;
    },
    refusedBy(error) {
      if (!(error instanceof DatabaseError) || !REFUSALS.includes(error.code ?? "")) return false;
      if (given) refused();
      given = false;
      return true;
    },
  };
}
