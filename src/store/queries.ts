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
      return (await runner.query(sql, [...values])).rows;
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
