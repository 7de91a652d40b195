/**
 * The program that reads a whole history for the app, in a process of its own: listing, ordering and placing a million
 * objects takes seconds of a processor and hundreds of megabytes, which the app needs for pushes. It ends when its standard
 * input does, so it never outlives the app.
 */
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ApartMessage } from "./apart-message.ts";
import type { HistoryFinding } from "./origin.ts";

enableCompileCache(join(import.meta.dirname, "../../../node_modules/.cache/rollcall"));
const { GitError, listObjects, openHistory } = await import("../../source/index.ts");
const { apartOptionsSchema } = await import("./apart-message.ts");
const { scanHistory } = await import("./scan-history.ts");

const PROGRESS_MS = 500;
const ONLY_IN_PULL = /^refs\/pull\//;

process.exitCode = 1;
const stop = new AbortController();
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const first = await lines.next();
const options = apartOptionsSchema.parse(JSON.parse(first.done === true ? "" : first.value));
void lines.next().then(() => stop.abort());

try {
  say(await read());
  process.exitCode = 0;
} catch (error) {
  if (!(error instanceof GitError) && !stop.signal.aborted) throw error;
  say({ kind: "failed", problem: error instanceof GitError ? error.message : "It was called off." });
}
process.stdin.destroy();

async function read(): Promise<ApartMessage> {
  const { signal } = stop;
  const repository = openHistory(options.gitDirectory, options.environment);
  let nextAt = 0;
  const scan = await scanHistory({
    repository,
    range: { tips: null, known: await present(repository, options.known) },
    holders: new Map(options.holders),
    now: new Date(options.now),
    signal,
    placing: signal,
    pipelines: options.pipelines,
    onProgress(progress) {
      if (progress.step !== "reading" || performance.now() < nextAt) return;
      nextAt = performance.now() + PROGRESS_MS;
      const { objects, bytes, share } = progress;
      say({ kind: "progress", objects, bytes, share });
    },
  });
  signal.throwIfAborted();
  const findings = kept(scan.findings).map(({ finding, origin }) => ({
    finding,
    origin,
    pulls: isOnlyInPulls(origin) ? [...(scan.pulls.get(finding.commit ?? "") ?? [])] : [],
    isOnlyInPulls: isOnlyInPulls(origin),
  }));
  const cut = scan.findings.length - findings.length;
  const detail = `${cut.toLocaleString("en-US")} more were found than are kept`;
  const cutGap = { reason: "too_many_findings", commit: null, path: null, detail } as const;
  return {
    kind: "read",
    findings,
    gaps: cut > 0 ? [...scan.gaps, cutGap] : [...scan.gaps],
    holders: [...scan.holders].map(([blob, fingerprints]) => [blob, [...fingerprints]]),
    atTip: [...scan.atTip],
    objects: scan.objects,
    bytes: scan.bytes,
  };
}

/** As many as are reported. A stranger's pull request with thousands of keys, whatever their dates, leaves out none of ours. */
function kept(findings: readonly HistoryFinding[]): readonly HistoryFinding[] {
  if (findings.length <= options.maxFindings) return findings;
  const last = findings.toSorted((a, b) => Number(isOnlyInPulls(a.origin)) - Number(isOnlyInPulls(b.origin)));
  const chosen = new Set(last.slice(0, options.maxFindings));
  return findings.filter((each) => chosen.has(each));
}

function isOnlyInPulls({ ref }: HistoryFinding["origin"]): boolean {
  return ONLY_IN_PULL.test(ref ?? "");
}

/** Those of the ids that are here: what a force-push dropped may be gone, where everything was fetched anew. */
async function present(
  repository: ReturnType<typeof openHistory>,
  ids: readonly string[],
): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const { table } = await listObjects(repository, ids.map((id) => `${id}\n`).join(""), stop.signal);
  return Array.from({ length: table.count }, (_, number) => table.idOf(number));
}

function say(message: ApartMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
