import type { z } from "zod";
import { statementError } from "./statement-error.ts";
import type { StatementNames } from "./statement-names.ts";
import { StoreError } from "./store-error.ts";

/** One statement of SQL with numbered parameters, and rows checked against a schema. */
export interface Queries {
  /** @throws StoreError `database_unavailable`, `database_conflict`; other database errors as they are */
  rows<Row>(schema: z.ZodType<Row>, sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** @throws as `rows` */
  run(sql: string, values?: readonly unknown[]): Promise<void>;
}

interface Statement {
  readonly text: string;
  /** The server keeps a statement with a name. */
  readonly name?: string;
  readonly values?: unknown[];
}

/** Runs a statement: a pool, or one of its connections. */
export interface Runner {
  query(statement: Statement): Promise<{ readonly rows: unknown[] }>;
}

/** @param within a transaction, which a failed statement ends */
export function queriesOn(runner: Runner, names: StatementNames, within: "nothing" | "transaction"): Queries {
  async function ask(statement: Statement): Promise<unknown[]> {
    try {
      return (await runner.query(statement)).rows;
    } catch (error) {
      throw statementError(error);
    }
  }

  async function query(text: string, given: readonly unknown[]): Promise<unknown[]> {
    const values = given.map(storable);
    const name = names.of(text);
    if (name === undefined) return ask({ text, values });
    try {
      return await ask({ text, values, name });
    } catch (error) {
      if (!names.refusedBy(error)) throw error;
      if (within === "nothing") return ask({ text, values });
      throw new StoreError("database_conflict", "The database does not keep statements.", { cause: error });
    }
  }

  return {
    async rows(schema, sql, values = []) {
      return (await query(sql, values)).map((row) => schema.parse(row));
    },
    async run(sql, values = []) {
      // One without values may be several, which have no name.
      await (values.length === 0 ? ask({ text: sql }) : query(sql, values));
    },
  };
}

/**
 * A value as JSON that jsonb can hold. Statements pass their JSON through this and never through `JSON.stringify`: there
 * NUL is an escape sequence, which no later step can tell from the same letters in a file.
 */
export function json(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => storable(each));
}

/**
 * The text as PostgreSQL can hold it: its text and jsonb refuse NUL and half of a surrogate pair, and a commit's message
 * or a path may have either. A statement that failed on one would fail for good, so each becomes U+FFFD.
 * https://www.postgresql.org/docs/current/datatype-json.html
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

function storable(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  return Array.isArray(value) ? value.map(storable) : value;
}
