/**
 * What the statements of the record cost over a million scopes, on a database of its own: 300 repositories, of which one
 * has 30,000 heads. Each is asked 50 times; median and slowest in milliseconds. One run, one machine.
 *
 *   npx node bench/record.ts [--scopes 1000000]
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { NO_FACTS } from "../src/domain/index.ts";
import { createLog } from "../src/server/index.ts";
import { createRecord, migrate, openDatabase } from "../src/store/index.ts";

const { values } = parseArgs({ options: { scopes: { type: "string", default: "1000000" } } });
const SCOPES = Number(values.scopes);
const TIMES = 50;
/** Its number in the generated rows. */
const BUSY = 1;

const directory = mkdtempSync(join(tmpdir(), "rollcall-bench-"));
chmodSync(directory, 0o711);
const database = await openDatabase({
  directory: join(directory, "data"),
  url: null,
  log: createLog("silent"),
});
await migrate(database);

/** Pushes of main one after the other, some of branches that are gone; one in 500 found something. */
const ROWS = `
SET statement_timeout = 0;
CREATE TEMPORARY TABLE made AS
SELECT n, CASE WHEN n <= 30000 THEN ${BUSY} ELSE 2 + n % 299 END AS repository_id, encode(sha256(n::text::bytea), 'hex') AS head,
  timestamptz '2026-01-01' + n * interval '20 seconds' AS at FROM generate_series(1, ${SCOPES}) AS n;
INSERT INTO repositories (id, installation_id, owner, name, private, default_branch, state, unsure, baseline_at)
SELECT n, n, 'o', 'r' || n, true, 'main', 'active', false, now() FROM generate_series(1, 300) AS n;
INSERT INTO scopes (repository_id, id, key, head, scope, default_branch, facts, trust, as_of, ended, state, generation,
  first_noted_at, noted_at, read_at, commits, findings, coverage, fingerprints)
SELECT repository_id, 'push:refs/heads/main ' || n, CASE WHEN n % 3 = 0 THEN 'push:refs/heads/b' || n ELSE 'push:refs/heads/main' END,
  head, jsonb_build_object('kind', 'push', 'ref', 'refs/heads/main', 'before', n::text, 'after', head), true,
  '${JSON.stringify(NO_FACTS)}', '{"kind":"writer"}', at, CASE WHEN n % 3 = 0 THEN 'deleted' END, 'read', 1, at, at, at,
  jsonb_build_array(head), '[]', '{"commits":1,"files":1,"gaps":[]}',
  CASE WHEN n % 500 = 0 THEN ARRAY['f' || n % 5000] ELSE '{}'::text[] END FROM made;
INSERT INTO subjects SELECT repository_id, 'push:refs/heads/b' || n, CASE WHEN n % 2 = 0 THEN head END, at FROM made WHERE n % 3 = 0;
INSERT INTO check_runs (repository_id, head, wanted, shown, touched_at, rerun, external_id, run_id, conclusion, pending, annotations)
SELECT repository_id, head, 2, 2, at, false, 'x', n, CASE WHEN n % 500 = 0 THEN 'failure' ELSE 'success' END, false, '[]' FROM made;
INSERT INTO known_tips SELECT repository_id, head, 'read', 'refs/heads/main', at, CASE WHEN n % 1000 > 0 THEN at + interval '1 hour' END FROM made;
INSERT INTO commit_scans SELECT repository_id, head, '1', '[]', 1, '[]', '[]', at FROM made;
INSERT INTO leaks (repository_id, fingerprint, state, kind, confidence, redacted, found_at, report_repository_id, issue_number)
SELECT DISTINCT ON (repository_id, n % 5000) repository_id, 'f' || n % 5000, 'open', 'secret_key', 'certain', 'r', at, repository_id, n FROM made WHERE n % 500 = 0;
RESET statement_timeout;`;

const started = performance.now();
await database.script(ROWS);
await database.run("ANALYZE");
console.log(`${SCOPES} scopes stored in ${((performance.now() - started) / 1000).toFixed(0)} s`);

const record = createRecord(database, { enqueue: async () => {} });
const now = new Date(Date.parse("2026-01-01") + SCOPES * 20_000 + 90 * 86_400_000);
const [some] = await record.retention.headsToExamine(now, 1);
if (some === undefined) throw new Error("No check was made.");
const { repositoryId: id, head } = some;
const { scopes, checks, leaks, tips, retention } = record;
const old = new Date(now.getTime() - 240 * 86_400_000);
const stepAt = { at: 0 };

const QUESTIONS: Readonly<Record<string, () => Promise<unknown>>> = {
  "scopes.atHead": () => scopes.atHead(id, head),
  "scopes.firstOfKey": () => scopes.firstOfKey(BUSY, "push:refs/heads/main"),
  "scopes.unread": () => scopes.unread(now, 500),
  "scopes.wholePushesFrom": () => scopes.wholePushesFrom(BUSY, "20000"),
  "scopes.headsShowing": () => scopes.headsShowing(BUSY, "f500"),
  "scopes.end": () => scopes.end(BUSY, "pull_request:1", "closed", { upTo: now }, 500),
  "tips.named": () => tips.named(BUSY, { at: now, firstRef: "refs/heads/main", limit: 500 }),
  "tips.hasBaseline": () => tips.hasBaseline(BUSY),
  "checks.touch": () => checks.touch(BUSY, [head], now),
  "checks.stale": () => checks.stale(now, 500),
  "leaks.unreported": () => leaks.unreported(500),
  "leaks.withOpen": () => leaks.withOpen(500),
  "leaks.all": () => leaks.all(BUSY),
  "commitScans.find": () => record.commitScans.find(id, "1", [head]),
  "repositories.toCompare": () => record.repositories.toCompare(now, 500),
  "retention.headsToExamine": () => retention.headsToExamine(old, 1000),
  "retention.examineHeads, 100 heads": async () => {
    const due = await retention.headsToExamine(old, 1000);
    const [first] = due;
    const of = due.filter(({ repositoryId }) => repositoryId === first?.repositoryId).slice(0, 100);
    const began = performance.now();
    if (first !== undefined) {
      await retention.examineHeads(
        first.repositoryId,
        of.map((each) => each.head),
        old,
        now,
      );
    }
    stepAt.at = performance.now() - began;
  },
  "retention.removeCommitScans, 1000": () => retention.removeCommitScans(old, 1000),
  "retention.removeSubjects, 1000": () => retention.removeSubjects(old, 1000),
  "retention.noteRemoved": () => retention.noteRemoved(now),
};

for (const [name, ask] of Object.entries(QUESTIONS)) {
  const times: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    stepAt.at = 0;
    const began = performance.now();
    await ask();
    times.push(stepAt.at === 0 ? performance.now() - began : stepAt.at);
  }
  times.sort((a, b) => a - b);
  const [median = 0, slowest = 0] = [times[TIMES / 2], times.at(-1)];
  console.log(`${name.padEnd(36)} ${median.toFixed(1).padStart(7)} ${slowest.toFixed(1).padStart(7)}`);
}
await database.close();
rmSync(directory, { recursive: true, force: true });
