import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { z } from "zod";

const rowsSchema = z.array(z.object({ id: z.string() }));

/** The jobs that a process left and that are still to be done, by the database of its data folder, whose server runs. */
export async function openJobs(dataDirectory: string): Promise<string[]> {
  const folder = join(dataDirectory, "postgresql");
  // The fifth line names the folder of the server's socket.
  const host = (await readFile(join(folder, "data/postmaster.pid"), "utf8")).split("\n")[4];
  const password = (await readFile(join(folder, "password"), "utf8")).trim();
  const client = new Client({ host, user: "rollcall", password, database: "postgres" });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT id FROM jobs WHERE state NOT IN ('done', 'failed') AND lane <> 'sweep'",
    );
    return rowsSchema.parse(rows).map(({ id }) => id);
  } finally {
    await client.end();
  }
}
