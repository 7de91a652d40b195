import type { Detected, Detection, Dismissal, Grounds } from "../detection.ts";
import type { Candidate } from "../judgement/candidates.ts";
import { contextOf } from "../judgement/context.ts";
import type { FileClues } from "../judgement/context.ts";
import { detectionOf, groundsAlone, groundsWithin } from "../judgement/judge.ts";
import type { Context } from "../kinds/confidence.ts";
import type { Position } from "./positions.ts";

/** Findings and dismissals that one input may have: with more, the answer says that it is cut. */
export const MAX_DETECTIONS = 20_000;
export const MAX_DISMISSALS = 2_000;

/** The place of a candidate, and what the text near it says. */
export interface Occurrence {
  readonly start: Position;
  readonly end: Position;
  readonly near: Context | null;
  readonly allowComment: boolean;
}

interface FoundCandidate extends Occurrence {
  readonly candidate: Candidate;
}

/** Judges candidates once their lines are known. Those that depend on the rest of the file wait for its end. */
export class Verdicts {
  readonly #found: FoundCandidate[] = [];
  readonly #dismissals: Dismissal[] = [];
  #isFull = false;

  /** The list is full: nothing that follows can change the answer. */
  get isFull(): boolean {
    return this.#isFull;
  }

  addCandidate(candidate: Candidate, occurrence: Occurrence): void {
    const grounds = groundsAlone(candidate);
    if (grounds !== null) this.addDismissal(grounds, occurrence.start);
    else if (this.#found.length < MAX_DETECTIONS)
      this.#found.push({ ...occurrence, candidate: detached(candidate) });
    else this.#isFull = true;
  }

  addDismissal({ reason, explanation, redacted }: Grounds, { line, column }: Position): void {
    if (this.#dismissals.length >= MAX_DISMISSALS) return;
    this.#dismissals.push({ reason, explanation, redacted, line, column });
  }

  finish(file: FileClues): Detected {
    const detections: Detection[] = [];
    for (const { candidate, near, start, end, allowComment } of this.#found) {
      const context = contextOf(near, file);
      const grounds = groundsWithin(candidate, context);
      if (grounds !== null) {
        this.addDismissal(grounds, start);
        continue;
      }
      const detection = detectionOf(candidate, context);
      detections.push({ ...detection, ...start, endLine: end.line, endColumn: end.column, allowComment });
    }
    const dismissals = this.#dismissals.toSorted((a, b) => a.line - b.line || a.column - b.column);
    return this.#isFull ? { detections, dismissals, truncated: true } : { detections, dismissals };
  }
}

/** A copy of the candidate that does not keep the text it was cut from in memory. */
function detached(candidate: Candidate): Candidate {
  return { ...candidate, body: copied(candidate.body), token: copied(candidate.token), surroundings: null };
}

function copied(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}
