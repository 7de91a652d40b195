import type { Candidate, Dismissed } from "../judgement/candidates.ts";
import { candidatesIn } from "../judgement/candidates.ts";
import { CLUE_PATTERNS, contextOf, ownerNear, ownerOfPath, ownerWithin } from "../judgement/context.ts";
import type { Clue, FileClues, Owner } from "../judgement/context.ts";
import type { Detected, Detection, Dismissal } from "../detection.ts";
import type { Form } from "../forms/form.ts";
import { FORMS } from "../forms/index.ts";
import { beginsWithShortPrefix, PLAIN } from "../forms/plain.ts";
import { detectionOf, refusalOf, vendorRefusalOf } from "../judgement/judge.ts";
import { LEGACY_KEY, legacyKeyAt, NO_PREFIX } from "../kinds/legacy-key.ts";
import { LONGEST_SPAN, mergeCandidates, withoutTwins } from "../judgement/merge.ts";
import { compilePatterns } from "./pattern-search.ts";
import { advance, BEGINNING, positionAt, wholeCharacters } from "./positions.ts";
import type { Cursor, Position, View } from "./positions.ts";
import { shiftReading } from "../forms/reading.ts";
import type { Span } from "../forms/reading.ts";
import { latin1, stretchesAround } from "./stretches.ts";

/**
 * Bytes are read in blocks at fixed offsets, so the answer does not depend on how they arrive. A block sees MARGIN
 * bytes on either side of itself; what begins within REACH of its end is judged with the next block.
 */
export const BLOCK = 1 << 20;
const REACH = LONGEST_SPAN;
export const MARGIN = 3 * REACH;

/** Findings of one input, and dismissals: beyond these the answer says that it is cut. */
export const MAX_DETECTIONS = 20_000;
export const MAX_DISMISSALS = 2_000;

/** What a scan did, for tests of its bounds. */
export interface Work {
  /** Occurrences of anchors and clues. */
  hits: number;
  /** Bytes that readers looked at, over all forms. */
  read: number;
}

const ANCHOR_FORMS: ReadonlyMap<string, readonly Form[]> = formsByAnchor();
const ANCHORS: readonly string[] = [...ANCHOR_FORMS.keys()];
const SEARCH = compilePatterns([...ANCHORS, ...CLUE_PATTERNS.map((clue) => clue.text)]);

/** A candidate or dismissal at its place, which waits for what the rest of the file says. */
interface Placed<T> {
  readonly what: T;
  readonly near: Owner | null;
  readonly start: Position;
  readonly end: Position;
  readonly allowComment: boolean;
}

export interface BlockScan {
  /**
   * Scans the block `from..to`, of which the view shows the margins too. Blocks come in order.
   *
   * @param behind where lines are counted: shows all that was not settled
   */
  scan(view: View, from: number, to: number, behind: View): void;
  /** Counts lines up to where the next block begins to look, before the bytes are let go. */
  settle(view: View): void;
  finish(behind: View): Detected;
}

/**
 * @param work counts on while the scan goes; several scans may share it
 * @param budget work after which the rest is left unread; hits and bytes read count alike
 */
export function createBlockScan(path: string | null, now: Date, work: Work, budget: number): BlockScan {
  const ofPath = ownerOfPath(path);
  const file: FileClues = {
    stripe: ofPath === "stripe",
    vendor: ofPath === "vendor",
    shortPublishableKey: false,
  };
  const found: Placed<Candidate>[] = [];
  const dismissals: Dismissal[] = [];
  let waiting: Candidate[] = [];
  let waitingDismissed: Dismissed[] = [];
  let clues: Clue[] = [];
  let cursor: Cursor = BEGINNING;
  let settled = 0;
  let isCut = false;
  let isOverBudget = false;

  function scan(view: View, from: number, to: number, behind: View): void {
    if (isOverBudget) return;
    const hits = new Map<Form, number[]>();
    const visit = (pattern: number, at: number): void => {
      if (!affords(1)) return;
      work.hits++;
      const anchor = ANCHORS[pattern];
      if (anchor === undefined) visitClue(view, pattern - ANCHORS.length, at + view.base);
      else for (const form of ANCHOR_FORMS.get(anchor) ?? []) pushTo(hits, form, at);
    };
    if (from === 0 && beginsWithShortPrefix(view.bytes)) pushTo(hits, PLAIN, 0);
    SEARCH.search(view.bytes, from - view.base, to - view.base, visit);
    for (const [form, offsets] of hits) {
      for (const stretch of stretchesAround(form, offsets, view.bytes)) readWith(form, view, stretch);
    }
    clues.sort((a, b) => a.at - b.at);
    place(behind, to - REACH);
    clues = clues.filter((clue) => clue.at > to - MARGIN);
  }

  function visitClue(view: View, index: number, at: number): void {
    const pattern = CLUE_PATTERNS[index];
    if (pattern === undefined) return;
    const after = at - view.base + pattern.text.length;
    if (pattern.followedBy?.test(latin1(view.bytes, after, after + 16)) === false) return;
    file[pattern.owner] = true;
    clues.push({ at, owner: pattern.owner });
    if (/^stripe$/i.test(pattern.text)) findLegacyKey(view, at);
  }

  function findLegacyKey(view: View, at: number): void {
    const offset = at - view.base;
    const start = legacyKeyAt(latin1(view.bytes, offset, offset + 160), 0);
    if (start === -1) return;
    const body = latin1(view.bytes, offset + start, offset + start + LEGACY_KEY.body.max);
    const anatomy = LEGACY_KEY.anatomy(body, now);
    if (anatomy === null) return;
    waiting.push({
      rule: LEGACY_KEY,
      prefix: NO_PREFIX,
      anatomy,
      body,
      token: body,
      withinName: false,
      encoding: "plain",
      span: { start: at + start, end: at + start + body.length },
      surroundings: "",
    });
  }

  /** The budget depends on the bytes alone, never on time: the same file always ends in the same place. */
  function affords(more: number): boolean {
    isOverBudget ||= work.hits + work.read + more > budget;
    return !isOverBudget;
  }

  function readWith(form: Form, view: View, { start, end }: Span): void {
    if (!affords(end - start)) return;
    work.read += end - start;
    for (const reading of form.read(latin1(view.bytes, start, end))) {
      const shifted = shiftReading(reading, start + view.base);
      const { candidates, dismissed } = candidatesIn(shifted, now);
      for (const candidate of candidates) waiting.push(candidate);
      for (const dismissal of dismissed) {
        waitingDismissed.push(dismissal);
        if (dismissal.publishable === "likely") file.shortPublishableKey = true;
        if (dismissal.publishable === "certain") {
          file.stripe = true;
          clues.push({ at: dismissal.span.start, owner: "stripe" });
        }
      }
    }
  }

  /** Gives their lines and columns to all that begins before `before`. */
  function place(view: View, before: number): void {
    waiting.sort(byStart);
    waitingDismissed.sort(byStart);
    const ready = mergeCandidates(waiting.filter((candidate) => candidate.span.start < before));
    const readyDismissed = withoutTwins(
      waitingDismissed.filter((dismissal) => dismissal.span.start < before),
      ready,
    );
    waiting = waiting.filter((candidate) => candidate.span.start >= before);
    waitingDismissed = waitingDismissed.filter((dismissal) => dismissal.span.start >= before);
    settled = before;
    if (ready.length + readyDismissed.length === 0) return;
    const cursors = cursorsAt(
      view,
      [...ready, ...readyDismissed].flatMap((item) => [item.span.start, item.span.end]),
    );
    for (const candidate of ready) keep(placed(candidate, cursors, view));
    for (const dismissal of readyDismissed) {
      if (dismissals.length >= MAX_DISMISSALS) break;
      const { reason, explanation, redacted } = dismissal;
      dismissals.push({ reason, explanation, redacted, ...placed(dismissal, cursors, view).start });
    }
  }

  function keep(candidate: Placed<Candidate>): void {
    const refusal = refusalOf(candidate.what);
    if (refusal !== null) {
      if (dismissals.length < MAX_DISMISSALS) dismissals.push({ ...refusal, ...candidate.start });
    } else if (found.length < MAX_DETECTIONS) {
      found.push({ ...candidate, what: detached(candidate.what) });
    } else {
      isCut = true;
    }
  }

  function cursorsAt(view: View, offsets: number[]): ReadonlyMap<number, Cursor> {
    const cursors = new Map<number, Cursor>();
    offsets.sort(ascending);
    cursor = advance(cursor, offsets[0] ?? cursor.offset, view);
    let at = cursor;
    for (const offset of offsets) {
      at = advance(at, offset, view);
      cursors.set(offset, at);
    }
    return cursors;
  }

  function placed<T extends Candidate | Dismissed>(
    what: T,
    cursors: ReadonlyMap<number, Cursor>,
    view: View,
  ): Placed<T> {
    const start = cursors.get(what.span.start) ?? BEGINNING;
    const end = cursors.get(what.span.end) ?? BEGINNING;
    const lines = latin1(
      view.bytes,
      Math.max(start.lineStart, what.span.start - REACH) - view.base,
      endOfLine(view, what.span.end) - view.base,
    );
    const line = { start: start.lineStart, end: endOfLine(view, what.span.end) };
    const hidden = "surroundings" in what ? ownerWithin(what.surroundings) : null;
    return {
      what,
      near: hidden ?? ownerNear(clues, what.span, line),
      start: positionAt(start, what.encoding),
      end: positionAt(end, what.encoding),
      allowComment: lines.includes("rollcall:allow"),
    };
  }

  function settle(view: View): void {
    const offset = wholeCharacters(Math.max(view.base, settled), view);
    if (offset > cursor.offset) cursor = advance(cursor, offset, view);
  }

  return {
    scan,
    settle,
    finish(behind) {
      place(behind, Infinity);
      const detections: Detection[] = [];
      for (const { what, near, start, end, allowComment } of found) {
        const context = contextOf(near, file);
        const refusal = vendorRefusalOf(what, context);
        if (refusal !== null) {
          if (dismissals.length < MAX_DISMISSALS) dismissals.push({ ...refusal, ...start });
          continue;
        }
        const detection = detectionOf(what, context);
        detections.push({ ...detection, ...start, endLine: end.line, endColumn: end.column, allowComment });
      }
      dismissals.sort((a, b) => a.line - b.line || a.column - b.column);
      return {
        detections,
        dismissals,
        ...(isCut ? { truncated: true } : {}),
        ...(isOverBudget ? { overBudget: true } : {}),
      };
    },
  };
}

/** The candidate without the text it was cut from, which a slice would keep in memory. */
function detached(candidate: Candidate): Candidate {
  return { ...candidate, body: copied(candidate.body), token: copied(candidate.token), surroundings: "" };
}

function copied(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

function endOfLine(view: View, offset: number): number {
  const from = offset - view.base;
  const feed = view.bytes.subarray(from, from + REACH).indexOf(10);
  return feed === -1 ? Math.min(offset + REACH, view.base + view.bytes.length) : offset + feed;
}

function formsByAnchor(): ReadonlyMap<string, readonly Form[]> {
  const forms = new Map<string, Form[]>();
  for (const form of FORMS) for (const anchor of new Set(form.anchors)) pushTo(forms, anchor, form);
  return forms;
}

function pushTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function ascending(a: number, b: number): number {
  return a - b;
}

function byStart(
  a: { readonly span: { readonly start: number } },
  b: { readonly span: { readonly start: number } },
): number {
  return a.span.start - b.span.start;
}
