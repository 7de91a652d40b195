import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { fromPglite } from "pg-boss";
import type { Db } from "pg-boss";
import type { z } from "zod";
import { lockFolder } from "./folder-lock.ts";
import { StoreError } from "./store-error.ts";

/** One statement of SQL with numbered parameters, and rows checked against a schema. */
export interface Queries {
  rows<Row>(schema: z.ZodType<Row>, sql: string, values?: readonly unknown[]): Promise<Row[]>;
  run(sql: string, values?: readonly unknown[]): Promise<void>;
}

/** The database of this process: PGlite in the data folder, or in memory for tests. */
export interface Database extends Queries {
  /** Runs `work` in one transaction; rolled back when it throws. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /** Several statements without parameters, for migrations. */
  script(sql: string): Promise<void>;
  /** The same database as the queue wants it. */
  readonly forQueue: Db;
  close(): Promise<void>;
}

interface Runner {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

function queriesOn(runner: Runner): Queries {
  return {
    async rows(schema, sql, values = []) {
      const answer = await runner.query(sql, [...values]);
      return answer.rows.map((row) => schema.parse(row));
    },
    async run(sql, values = []) {
      await runner.query(sql, [...values]);
    },
  };
}

/**
 * Opens PGlite in `directory`/database, which no other process may hold at the same time: two PGlite processes over one
 * folder destroy it, and PGlite itself does not prevent that.
 *
 * @param directory the data folder, or null for a database in memory
 * @throws StoreError `data_folder_in_use`, `data_folder_unusable`
 */
export async function openDatabase(directory: string | null): Promise<Database> {
  if (directory === null) return wrap(await PGlite.create(), async () => {});
  const folder = join(directory, "database");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StoreError(
      "data_folder_unusable",
      `DATA_DIR "${directory}" cannot be written to. Name a folder that this user may write.`,
      { cause },
    );
  }
  const release = await lockFolder(directory);
  try {
    return wrap(await PGlite.create(folder), release);
  } catch (cause) {
    await release();
    throw new StoreError(
      "data_folder_unusable",
      `The database in "${folder}" cannot be opened. Restore it from a copy, or move it away to begin with an empty one.`,
      { cause },
    );
  }
}

function wrap(pglite: PGlite, release: () => Promise<void>): Database {
  return {
    ...queriesOn(pglite),
    transaction: (work) => pglite.transaction((transaction) => work(queriesOn(transaction))),
    async script(sql) {
      await pglite.exec(sql);
    },
    forQueue: fromPglite(pglite),
    async close() {
      await pglite.close();
      await release();
    },
  };
}
