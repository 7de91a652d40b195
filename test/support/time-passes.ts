import { createLog } from "../../src/server/log.ts";
import { openDatabase } from "../../src/store/index.ts";
import type { InstalledApp } from "./installed-app.ts";

/** Times by which the app decides what is due. */
const TIMES = [
  ["leak_events", ["at"]],
  ["leaks", ["found_at", "issue_asked_at", "neutral_at"]],
  ["reminders", ["last_at", "asked_at", "next_at"]],
  ["drills", ["asked_at", "opened_at", "closed_at"]],
] as const;

/** Makes everything on record so many days older while the app is stopped, and resolves when its sweep has ended. */
export async function timePasses(app: InstalledApp, days: number): Promise<void> {
  await app.stop();
  const database = await openDatabase({ directory: app.dataDirectory, url: null, log: createLog("silent") });
  for (const [table, columns] of TIMES) {
    const shifted = columns.map((column) => `${column} = ${column} - make_interval(days => $1)`);
    await database.run(`UPDATE ${table} SET ${shifted.join(", ")}`, [days]);
  }
  // Names of recurring jobs have the time in them, which does not pass.
  await database.run("DELETE FROM jobs");
  await database.close();
  app.log.leftOpen([]);
  const swept = app.log.next("record swept");
  await app.start();
  await swept;
  await app.settled();
}
