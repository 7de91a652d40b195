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
  /** To be called if the last state of the run was settled as it was recorded: then the turn ends without asking again. */
  readonly settled: () => void;
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
  return context.lock.run(`check:${repositoryId}:${key}`, () =>
    withClaim(context, repositoryId, key, async ({ writer, taken, claim, settled, isSettled }) => {
      for (
        let check: CheckRecord | null = taken;
        check !== null;
        check = await checks.find(repositoryId, key)
      ) {
        // After the check: whatever changes the visibility of a repository also asks for its checks again.
        const repository = await loadRepository(context, repositoryId);
        // Nothing can be written there. The check stays stale, and the sweep finds it once the repository is back.
        if (repository === null) return null;
        let written: T;
        try {
          written = await write({ repository, writer, check, claim, settled });
        } catch (error) {
          if (!(error instanceof MovedOn)) throw error;
          if (error.claimLost) throw new CheckBusyError();
          continue;
        }
        if (isSettled()) return written;
        if (await checks.settle(repositoryId, key, writer, check.wanted)) {
          settled();
          return written;
        }
        // Changed meanwhile, or another writer claimed it while this one waited for an answer, and may have settled it.
        if (!(await claim())) throw new CheckBusyError();
      }
      return null;
    }),
  );
}

function needsNothing({ wanted, shown, rerun, run }: CheckRecord): boolean {
  return wanted === shown && !rerun && run !== null && !run.pending;
}

/** A claim on a check, from the moment it was taken. */
interface HeldClaim {
  readonly writer: string;
  readonly taken: CheckRecord;
  readonly claim: () => Promise<boolean>;
  /** The check was settled, which ended the claim. */
  readonly settled: () => void;
  readonly isSettled: () => boolean;
}

async function withClaim<T>(
  context: JobContext,
  repositoryId: number,
  key: string,
  work: (held: HeldClaim) => Promise<T | null>,
): Promise<T | null> {
  const { checks } = context.record;
  const writer = randomUUID();
  const times = (): [Date, Date] => {
    const now = context.now();
    return [now, new Date(now.getTime() + CLAIM_MS)];
  };
  const claim = async (): Promise<boolean> => checks.claim(repositoryId, key, writer, ...times());
  const taken = await checks.take(repositoryId, key, writer, ...times());
  if (taken === null) {
    const known = await checks.find(repositoryId, key);
    if (known === null || needsNothing(known)) return null;
    throw new CheckBusyError();
  }
  let settled = false;
  let renewed = false;
  const renewing = setInterval(() => {
    renewed = true;
    claim().catch((error: unknown) =>
      context.log.warn({ err: error }, "could not renew the claim on a check"),
    );
  }, RENEW_MS);
  renewing.unref();
  try {
    return await work({ writer, taken, claim, settled: () => (settled = true), isSettled: () => settled });
  } finally {
    clearInterval(renewing);
    // A renewal that was under way when the check was settled may have claimed it again.
    if (!settled || renewed) await checks.release(repositoryId, key, writer);
  }
}
