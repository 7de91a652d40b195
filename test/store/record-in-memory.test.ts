import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRecord } from "../../src/store/index.ts";
import type { NewJob } from "../../src/store/index.ts";
import { aRepository, useDatabase } from "../support/job-context.ts";
import { MemoryRecord } from "../support/memory-record.ts";
import { recordCommands, shownOf } from "../support/record-commands.ts";

const database = useDatabase();

test("the record in memory answers and shows the same as the one over PostgreSQL", async () => {
  const stored: { sql: NewJob[]; memory: NewJob[] } = { sql: [], memory: [] };
  const sql = createRecord(database(), {
    enqueue: async (_queries, jobs) => {
      stored.sql.push(...jobs);
    },
  });
  await fc.assert(
    fc.asyncProperty(fc.array(recordCommands, { maxLength: 25 }), async (commands) => {
      const memory = new MemoryRecord((jobs) => stored.memory.push(...jobs)).open();
      stored.sql.length = 0;
      stored.memory.length = 0;
      const repository = aRepository();
      await sql.repositories.note(repository);
      await memory.repositories.note(repository);
      for (const command of commands)
        expect(await command(memory, repository.id)).toEqual(await command(sql, repository.id));

      expect(await shownOf(memory, repository.id)).toEqual(await shownOf(sql, repository.id));
      expect(stored.memory).toEqual(stored.sql);
    }),
    { numRuns: 100 },
  );
});
