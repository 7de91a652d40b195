import type { Candidate, GroundsAt } from "../judgement/candidates.ts";
import { mergeCandidates, withoutTwins } from "../judgement/merge.ts";

/** Findings that are ready to be judged, in order of their start. */
export interface Ready {
  readonly candidates: readonly Candidate[];
  readonly dismissals: readonly GroundsAt[];
}

/** Findings that a later block may still improve: two forms can read one key. */
export class Pending {
  #candidates: Candidate[] = [];
  #dismissals: GroundsAt[] = [];

  get isEmpty(): boolean {
    return this.#candidates.length === 0 && this.#dismissals.length === 0;
  }

  addCandidate(candidate: Candidate): void {
    this.#candidates.push(candidate);
  }

  addDismissal(dismissal: GroundsAt): void {
    this.#dismissals.push(dismissal);
  }

  /** Takes out everything that begins before an offset: the best of each key, and one dismissal per place. */
  takeBefore(offset: number): Ready {
    const early = this.#candidates.filter(({ span }) => span.start < offset).sort(byStart);
    const earlyDismissals = this.#dismissals.filter(({ span }) => span.start < offset).sort(byStart);
    this.#candidates = this.#candidates.filter(({ span }) => span.start >= offset);
    this.#dismissals = this.#dismissals.filter(({ span }) => span.start >= offset);
    const candidates = mergeCandidates(early);
    return { candidates, dismissals: withoutTwins(earlyDismissals, candidates) };
  }
}

interface HasSpan {
  readonly span: { readonly start: number };
}

function byStart(a: HasSpan, b: HasSpan): number {
  return a.span.start - b.span.start;
}
