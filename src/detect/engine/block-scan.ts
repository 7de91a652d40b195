/**
 * Scans an input block by block. Blocks begin at fixed offsets, so the answer does not depend on how the bytes arrive. A
 * block sees MARGIN bytes on either side; anything that begins within REACH of its end is judged with the next block,
 * which may read it better.
 *
 * In each block, one search finds all anchors, and the forms read the text around them; another finds the clues of context
 * where something was read that may be a credential. Their findings
 * wait in Pending until no later block can improve them. Then they get their place and go to Verdicts, which judge them when
 * the whole file is known. This file owns the order of the steps and the state they share: how far lines are counted.
 */
import type { Detected } from "../detection.ts";
import { ESCAPES } from "../forms/escapes.ts";
import type { Form } from "../forms/form.ts";
import { JOINED } from "../forms/joined.ts";
import { beginsWithShortPrefix, PLAIN } from "../forms/plain.ts";
import { shiftReading } from "../forms/reading.ts";
import type { Span } from "../forms/reading.ts";
import { assignedAt } from "./assigned.ts";
import { candidatesIn } from "../judgement/candidates.ts";
import type { Candidate, GroundsAt } from "../judgement/candidates.ts";
import { cluesIn } from "../judgement/clues.ts";
import type { Clue } from "../judgement/clues.ts";
import { contextNear, pathNamesStripe } from "../judgement/context.ts";
import type { FileClues } from "../judgement/context.ts";
import { MAX_SPAN } from "../judgement/merge.ts";
import type { Context } from "../kinds/confidence.ts";
import { searchBlock, searchClues } from "./anchor-search.ts";
import { Pending } from "./pending.ts";
import { advance, BEGINNING, positionAt, wholeCharacters } from "./positions.ts";
import type { Cursor, View } from "./positions.ts";
import { latin1, stretchesAround } from "./stretches.ts";
import { Verdicts } from "./verdicts.ts";
import type { Occurrence } from "./verdicts.ts";
import type { Work } from "./work.ts";

export const BLOCK = 1 << 20;
const REACH = MAX_SPAN;
export const MARGIN = 3 * REACH;

export class BlockScan {
  readonly #now: Date;
  readonly #work: Work;
  readonly #budget: number;
  readonly #file: FileClues;
  readonly #pending = new Pending();
  readonly #verdicts = new Verdicts();
  /** Clues that may be near a candidate not judged yet, ascending. */
  #clues: readonly Clue[] = [];
  /** How far clues were looked for. */
  #cluesTo = 0;
  /** How far lines are counted. */
  #cursor: Cursor = BEGINNING;
  /** Everything that begins before this offset is judged. */
  #judgedTo = 0;

  /** The budget ran out: the rest is left unread. */
  #isOverBudget = false;

  /**
   * @param work counts the work of the scan; several scans may share it
   * @param budget work after which the rest is left unread; hits and bytes read count alike
   */
  constructor(path: string | null, now: Date, work: Work, budget = Infinity) {
    this.#now = now;
    this.#work = work;
    this.#budget = budget;
    this.#file = { stripe: pathNamesStripe(path), shortPublishableKey: false };
  }

  /**
   * Scans the block `from..to`; the view contains its margins too. Blocks come in order.
   *
   * @param behind for counting lines: contains everything that is not settled
   */
  scan(view: View, from: number, to: number, behind: View): void {
    if (this.#isDone) return;
    const counts = (): boolean => this.#affords(1) && ++this.#work.hits > 0;
    const { anchors, stripe } = searchBlock(view, from, to, counts);
    if (from === 0 && beginsWithShortPrefix(view.bytes))
      for (const form of [PLAIN, ESCAPES, JOINED]) this.#readAround(form, [0], view);

    for (const [form, offsets] of anchors) this.#readAround(form, offsets, view);
    this.#takeStripe(stripe, view);
    if (!this.#pending.isEmpty) this.#takeClues(view, Math.max(this.#cluesTo, from - MARGIN), to, counts);
    // No later block is read that could better what this one found, and its bytes are let go.
    this.#judgeBefore(this.#isOverBudget ? Infinity : to - REACH, behind);
    this.#clues = this.#clues.filter((clue) => clue.at > to - MARGIN);
  }

  /** Counts lines up to where the next block begins to look, before the bytes are released. */
  settle(view: View): void {
    if (this.#isDone) return;
    const offset = wholeCharacters(Math.max(view.base, this.#judgedTo), view);
    if (offset > this.#cursor.offset) this.#cursor = advance(this.#cursor, offset, view);
  }

  finish(behind: View): Detected {
    if (!this.#isDone) this.#judgeBefore(Infinity, behind);
    const detected = this.#verdicts.finish(this.#file);
    return this.#isOverBudget ? { ...detected, overBudget: true } : detected;
  }

  /** Nothing that follows is read. */
  get #isDone(): boolean {
    return this.#verdicts.isFull || this.#isOverBudget;
  }

  /** The budget depends on the bytes alone, never on time: the same file always ends in the same place. */
  #affords(more: number): boolean {
    this.#isOverBudget ||= this.#work.hits + this.#work.read + more > this.#budget;
    return !this.#isOverBudget;
  }

  #readAround(form: Form, anchors: readonly number[], view: View): void {
    for (const { start, end } of stretchesAround(form, anchors, view.bytes)) {
      if (!this.#affords(end - start)) return;
      this.#work.read += end - start;
      for (const reading of form.read(latin1(view.bytes, start, end))) {
        this.#work.decoded += reading.text.length;
        const found = candidatesIn(shiftReading(reading, start + view.base), this.#now);
        for (const candidate of found.candidates) this.#pending.addCandidate(candidate);
        for (const dismissal of found.dismissals) this.#pending.addDismissal(dismissal);
        for (const { at, certainty } of found.publishableKeys) this.#takePublishableKey(at, certainty);
      }
    }
  }

  #takePublishableKey(at: number, certainty: "certain" | "likely"): void {
    if (certainty === "likely") {
      this.#file.shortPublishableKey = true;
      return;
    }
    this.#file.stripe = true;
    this.#clues = [...this.#clues, { at, end: at, role: "stripe" }];
  }

  #takeStripe(clues: readonly Clue[], view: View): void {
    for (const { at, role } of clues) {
      if (role !== "stripe" && role !== "stripe's own") continue;
      this.#file.stripe = true;
      for (const candidate of assignedAt(view, at, this.#now)) this.#pending.addCandidate(candidate);
    }
  }

  /** Also before the block, if nothing there seemed to need them: the context of a candidate reaches back. */
  #takeClues(view: View, from: number, to: number, counts: () => boolean): void {
    const clues = searchClues(view, Math.max(view.base, from), to, counts);
    this.#cluesTo = to;
    this.#clues = [...this.#clues, ...clues].sort((a, b) => a.at - b.at);
  }

  /** Gives everything that begins before an offset its line and column, and passes it on. */
  #judgeBefore(offset: number, view: View): void {
    const { candidates, dismissals } = this.#pending.takeBefore(offset);
    this.#judgedTo = offset;
    this.#work.judged += candidates.length + dismissals.length;
    const cursors = this.#cursorsAt([...candidates, ...dismissals], view);
    for (const candidate of candidates)
      this.#verdicts.addCandidate(candidate, this.#occurrenceOf(candidate, cursors, view));

    for (const dismissal of dismissals) {
      const start = cursors.get(dismissal.span.start) ?? BEGINNING;
      this.#verdicts.addDismissal(dismissal, positionAt(start, dismissal.encoding));
    }
  }

  #cursorsAt(items: readonly (Candidate | GroundsAt)[], view: View): ReadonlyMap<number, Cursor> {
    const offsets = items.flatMap(({ span }) => [span.start, span.end]).sort((a, b) => a - b);
    const cursors = new Map<number, Cursor>();
    const [first] = offsets;
    if (first === undefined) return cursors;
    this.#cursor = advance(this.#cursor, first, view);
    let at = this.#cursor;
    for (const offset of offsets) {
      at = advance(at, offset, view);
      cursors.set(offset, at);
    }
    return cursors;
  }

  #occurrenceOf(candidate: Candidate, cursors: ReadonlyMap<number, Cursor>, view: View): Occurrence {
    const { span, encoding } = candidate;
    const start = cursors.get(span.start) ?? BEGINNING;
    const end = cursors.get(span.end) ?? BEGINNING;
    const line = {
      start: Math.max(start.lineStart, span.start - REACH),
      end: endOfLine(view, span.end),
    };
    return {
      start: positionAt(start, encoding),
      end: positionAt(end, encoding),
      near: this.#contextOf(candidate, line, view),
      allowComment: bufferOf(
        view.bytes.subarray(Math.max(0, line.start - view.base), line.end - view.base),
      ).includes("rollcall:allow"),
    };
  }

  /** Text that a form decoded says more about the credential in it than the file around it. */
  #contextOf({ span, surroundings }: Candidate, line: Span, view: View): Context | null {
    if (surroundings !== null) {
      const { text } = surroundings;
      const hidden = contextNear(
        cluesIn(text),
        surroundings.span,
        lineOf(text, surroundings.span),
        (from, to) => text.slice(from, to),
      );
      if (hidden !== null) return hidden;
    }
    return contextNear(this.#clues, span, line, (from, to) =>
      latin1(view.bytes, from - view.base, to - view.base),
    );
  }
}

/** The same bytes, to search in them with Node's own means, which are many times faster. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function lineOf(text: string, { start, end }: Span): Span {
  const feed = text.indexOf("\n", end);
  return { start: text.lastIndexOf("\n", start) + 1, end: feed === -1 ? text.length : feed };
}

function endOfLine(view: View, offset: number): number {
  const from = offset - view.base;
  const feed = bufferOf(view.bytes.subarray(from, from + REACH)).indexOf(10);
  return feed === -1 ? Math.min(offset + REACH, view.base + view.bytes.length) : offset + feed;
}
