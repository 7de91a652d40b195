import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { CommitScan, Finding, Gap } from "../../src/domain/index.ts";
import { finishScope, noteScope } from "../../src/jobs/scope-life.ts";
import { createRecord } from "../../src/store/index.ts";
import { aRepository, NOW, useDatabase } from "../support/job-context.ts";
import { atHead, HEAD, madeFinding } from "../support/reported.ts";

const database = useDatabase();
const noQueue = { enqueue: async (): Promise<void> => {} };
const target = { repositoryId: 1, installationId: 5 };

/** Text as a stranger may choose it: any UTF-16 at all, with what PostgreSQL refuses among it, also as an escape. */
const hostileText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("\0", "\uD83D", "\uDE00", "\\u0000", "\\", '"', "a") }),
);

/** The same text as the record keeps it. */
function kept(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

test("findings, gaps and facts are stored and read again whatever their text holds", async () => {
  const record = createRecord(database(), noQueue);
  await fc.assert(
    fc.asyncProperty(hostileText, hostileText, hostileText, async (path, detail, login) => {
      const { id } = aRepository();
      const finding: Finding = madeFinding({ path });
      const gap: Gap = { reason: "too_large", commit: HEAD, path, detail };
      const scan: CommitScan = { sha: HEAD, parents: [path], files: 1, findings: [finding], gaps: [gap] };
      await record.commitScans.save(id, detail, [scan], NOW);
      const scans = await record.commitScans.find(id, detail, [HEAD]);
      const keptGap = { ...gap, path: kept(path), detail: kept(detail) };
      const keptFinding = { ...finding, path: kept(path) };
      expect(scans.get(HEAD)).toEqual({
        ...scan,
        parents: [kept(path)],
        findings: [keptFinding],
        gaps: [keptGap],
      });

      const noted = await noteScope(
        record,
        {
          repositoryId: id,
          scope: { kind: "push", ref: `refs/heads/${path}`, before: null, after: HEAD },
          defaultBranch: false,
          facts: {
            listedCommits: [detail],
            commitCount: null,
            previousHead: null,
            forced: false,
            pusher: null,
            tag: path,
            changesConfiguration: false,
            inNames: [finding],
          },
          trust: { kind: "author", login },
          asOf: NOW,
        },
        true,
        NOW,
      );
      const result = {
        commits: [path],
        findings: [atHead(finding)],
        coverage: { commits: 1, files: 1, gaps: [gap] },
      };
      const finished = await record.transaction((within) =>
        finishScope(within, target, noted.scope, result, NOW),
      );
      expect(finished).toBe(true);
      const [scope] = await record.scopes.atHead(id, HEAD);
      expect(scope).toMatchObject({
        scope: { ref: `refs/heads/${kept(path)}` },
        facts: { listedCommits: [kept(detail)], tag: kept(path), inNames: [keptFinding] },
        trust: { login: kept(login) },
        findings: [{ finding: keptFinding }],
        coverage: { gaps: [keptGap] },
      });

      await record.leaks.add(
        id,
        [{ leak: finding, reportRepositoryId: id, locations: [finding, finding] }],
        NOW,
      );
      expect((await record.leaks.locations(id, [finding.fingerprint])).get(finding.fingerprint)).toEqual([
        keptFinding,
      ]);
      await record.leaks.changeState(id, finding.fingerprint, {
        from: "open",
        to: "rolled",
        actor: login,
        how: "attested",
        at: NOW,
      });
      expect(await record.leaks.events(id, finding.fingerprint)).toContainEqual(
        expect.objectContaining({ actor: kept(login), to: "rolled" }),
      );
      await record.acceptedGaps.put(id, [{ subject: `${HEAD}:${path}`, login, at: NOW }]);
      expect((await record.acceptedGaps.find(id, [`${HEAD}:${path}`])).size).toBe(1);
    }),
    { numRuns: 60 },
  );
});

test("a finding in a path that no index can hold is kept, and known again", async () => {
  const record = createRecord(database(), noQueue);
  const { id } = aRepository();
  // Bytes that do not compress, because PostgreSQL compresses before it refuses.
  const path = Array.from({ length: 60 }, (_, index) =>
    createHash("sha512").update(`${index}`).digest("base64"),
  ).join("");
  const finding = madeFinding({ path });
  const leak = { leak: finding, reportRepositoryId: id, locations: [finding] };
  await record.leaks.add(id, [leak], NOW);
  await record.leaks.add(id, [leak], NOW);
  expect((await record.leaks.locations(id, [finding.fingerprint])).get(finding.fingerprint)).toEqual([
    finding,
  ]);
  const subject = `${HEAD}:${path}`;
  await record.acceptedGaps.put(id, [{ subject, login: "ann", at: NOW }]);
  expect(await record.acceptedGaps.find(id, [subject, "other"])).toEqual(
    new Map([[subject, { subject, login: "ann", at: NOW }]]),
  );
});
