/**
 * Who writes a check run. Over all processes there is one writer per check at a time: it claims the check, compares,
 * writes, and ends its claim only if nothing changed meanwhile; otherwise it goes round again. So the last change of the
 * record is always shown, and no process writes an older report over a newer one.
 */
import { randomUUID } from "node:crypto";
import type { CurrentRepository } from "../domain/index.ts";
import type { CheckRecord } from "../store/index.ts";
import { MovedOn } from "./check-writer.ts";
import type { JobContext } from "./context.ts";
import { loadRepository } from "./load-repository.ts";

/** How long a claim outlives its process. It is renewed while the writer lives. */
const CLAIM_MS = 15_000;
const RENEW_MS = 5_000;

/** After this time no request of a dead process arrives any more. Requests end after 30 seconds without a byte. */
export const LATE_MS = 60_000;

/** Another process is writing this check: it will see the change, or its claim ends. */
class CheckBusyError extends Error {
  override readonly name = "CheckBusyError";
  readonly retryable = true;
  readonly retry = "soon";

  constructor() {
    super("Another process is writing this check run. It is tried again.");
  }
}

/** One go at a check, by the one who may write it. */
export interface CheckTurn {
  readonly repository: CurrentRepository;
  readonly writer: string;
  readonly check: CheckRecord;
  /** Renews the claim; false if another writer has it. */
  readonly claim: () => Promise<boolean>;
}

/**
 * Brings a check up to date.
 *
 * @param key the commit of the check, or what takes its place on record
 * @param write makes the run show what the record says. It throws `MovedOn` if the record has changed
 * @returns what the last `write` gave; null if there was nothing to write
 * @throws CheckBusyError, GitHubError
 */
export async function takeTurn<T>(
  context: JobContext,
  repositoryId: number,
  key: string,
  write: (turn: CheckTurn) => Promise<T>,
): Promise<T | null> {
  const { checks } = context.record;
  return context.lock.run(`check:${repositoryId}:${key}`, async () => {
    const known = await checks.find(repositoryId, key);
    if (known === null || isSettled(known)) return null;
    return withClaim(context, repositoryId, key, async (writer, claim) => {
      for (;;) {
        const check = await checks.find(repositoryId, key);
        if (check === null) return null;
        // After the check: whatever changes the visibility of a repository also asks for its checks again.
        const repository = await loadRepository(context, repositoryId);
        // Nothing can be written there. The check stays stale, and the sweep finds it once the repository is back.
        if (repository === null) return null;
        let written: T;
        try {
          written = await write({ repository, writer, check, claim });
        } catch (error) {
          if (!(error instanceof MovedOn)) throw error;
          if (error.claimLost) throw new CheckBusyError();
          continue;
        }
        if (await checks.settle(repositoryId, key, writer, check.wanted)) return written;
        // Changed meanwhile, or another writer claimed it while this one waited for an answer, and may have settled it.
        if (!(await claim())) throw new CheckBusyError();
      }
    });
  });
}

function isSettled({ wanted, shown, rerun, run }: CheckRecord): boolean {
  return wanted === shown && !rerun && run !== null && !run.pending;
}

async function withClaim<T>(
  context: JobContext,
  repositoryId: number,
  key: string,
  work: (writer: string, claim: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const { checks } = context.record;
  const writer = randomUUID();
  const claim = async (): Promise<boolean> => {
    const now = context.now();
    return checks.claim(repositoryId, key, writer, now, new Date(now.getTime() + CLAIM_MS));
  };
  if (!(await claim())) throw new CheckBusyError();
  const renewing = setInterval(() => {
    claim().catch((error: unknown) =>
      context.log.warn({ err: error }, "could not renew the claim on a check"),
    );
  }, RENEW_MS);
  renewing.unref();
  try {
    return await work(writer, claim);
  } finally {
    clearInterval(renewing);
    await checks.release(repositoryId, key, writer);
  }
}
