import type { z } from "zod";
import { statementError } from "./statement-error.ts";

/** One statement of SQL with numbered parameters, and rows checked against a schema. */
export interface Queries {
  /** @throws StoreError `database_unavailable`, `database_conflict`; other database errors as they are */
  rows<Row>(schema: z.ZodType<Row>, sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** @throws as `rows` */
  run(sql: string, values?: readonly unknown[]): Promise<void>;
}

/** Runs a statement: a pool, or one of its connections. */
export interface Runner {
  query(sql: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>;
}

export function queriesOn(runner: Runner): Queries {
  async function query(sql: string, values: readonly unknown[]): Promise<unknown[]> {
    try {
      return (await runner.query(sql, values.map(storable))).rows;
    } catch (error) {
      throw statementError(error);
    }
  }
  return {
    async rows(schema, sql, values = []) {
      return (await query(sql, values)).map((row) => schema.parse(row));
    },
    async run(sql, values = []) {
      await query(sql, values);
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
