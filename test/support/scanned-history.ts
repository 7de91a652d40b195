import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scanHistory } from "../../src/scan/index.ts";
import type { HistoryFinding, HistoryRange, HistoryScan } from "../../src/scan/index.ts";
import { openHistory } from "../../src/source/index.ts";
import { git, gitText, temporaryDirectory } from "./git-history.ts";

const ALL: HistoryRange = { tips: null, known: [] };

/** Scans the history of a repository that a test made. */
export async function scanned(
  path: string,
  range: HistoryRange = ALL,
  signal: AbortSignal = new AbortController().signal,
): Promise<HistoryScan> {
  return await scanHistory({
    repository: openHistory(path, { PATH: process.env["PATH"] }),
    range,
    now: new Date("2026-11-22T00:00:00Z"),
    signal,
    placing: new AbortController().signal,
    pipelines: 2,
  });
}

/** The fingerprint of a key, as everything that Rollcall writes shows it. */
export function fingerprintOf(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 20);
}

/** What a scan says about a key. */
export function about(scan: HistoryScan, key: string): readonly HistoryFinding[] {
  return scan.findings.filter(({ finding }) => finding.fingerprint === fingerprintOf(key));
}

/** A working copy that a test fills. */
export interface Work {
  readonly path: string;
  git(...args: string[]): string;
  write(path: string, content: string | Uint8Array): void;
  /** Commits everything and returns the commit's id. */
  commit(message: string): string;
  remove(): void;
}

/** A new, empty working copy. Commits are a minute apart, because git orders them by date. */
export function createWork(...initOptions: string[]): Work {
  const directory = temporaryDirectory();
  const { path } = directory;
  let minutes = 0;
  const run = (...args: string[]): string => gitText(path, args).trim();
  git(path, ["init", "-q", "-b", "main", ...initOptions]);
  return {
    path,
    git: run,
    write(name, content) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    },
    commit(message) {
      minutes += 1;
      run("add", "--all");
      const date = `${1_700_000_000 + 60 * minutes} +0200`;
      gitText(path, [
        "-c",
        "core.hooksPath=/dev/null",
        "commit",
        "-q",
        "--allow-empty",
        `--date=${date}`,
        "-m",
        message,
      ]);
      return run("rev-parse", "HEAD");
    },
    remove: () => directory.remove(),
  };
}
