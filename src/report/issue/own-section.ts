/**
 * Rollcall's own section of an issue's body: two hidden lines enclose it, and whatever people write above or below them
 * survives. Only this file knows how a body is divided.
 */
import { byteLength } from "../markdown.ts";

/** GitHub's limit of a body is 65,536 characters; whether that means bytes is not documented. */
export const MAX_BODY = 65_535;

/** The two lines that enclose the section. */
interface Frame {
  readonly begin: string;
  readonly end: string;
}

const PRIVATE_FRAME: Frame = {
  begin:
    "<!-- rollcall:begin Write above or below: between these two lines, Rollcall replaces everything. -->",
  end: "<!-- rollcall:end -->",
};

/** On a public repository the lines hold only what no other issue has: a shared text could be searched for. */
function publicFrame(marker: string): Frame {
  return { begin: `<!-- begin ${marker} -->`, end: `<!-- end ${marker} -->` };
}

/** A body in three parts, which together are the whole text. */
export interface BodyParts {
  /** What people wrote above. */
  readonly above: string;
  /** Rollcall's section as it is now; empty if there is none. */
  readonly section: string;
  readonly below: string;
}

const NOTHING: BodyParts = { above: "", section: "", below: "" };

/** The parts of a private issue's body, whatever people made of it. */
export function partsOf(body: string | null): BodyParts {
  return body === null ? NOTHING : (framed(body, PRIVATE_FRAME) ?? unframed(body));
}

function framed(body: string, { begin, end }: Frame): BodyParts | null {
  const from = lineAt(body, begin, 0);
  const to = from === null ? null : lineAt(body, end, from.end);
  return from === null || to === null
    ? null
    : {
        above: body.slice(0, from.start),
        section: body.slice(from.start, to.end),
        below: body.slice(to.end),
      };
}

/** The line with this text, by its ends; the second is after its line break. */
function lineAt(body: string, text: string, after: number): { start: number; end: number } | null {
  for (let start = body.indexOf(text, after); start !== -1; start = body.indexOf(text, start + 1)) {
    const startsLine = start === 0 || body[start - 1] === "\n";
    const rest = /^\r?(?:\n|$)/.exec(body.slice(start + text.length, start + text.length + 2));
    if (startsLine && rest !== null) return { start, end: start + text.length + rest[0].length };
  }
  return null;
}

const MARKER_LINE = /^<!-- rollcall:[0-9a-f]{8,64} -->\r?(?:\n|$)/gm;
const FRAME_LINE = /^<!-- rollcall:(?:begin\b[^\n]*|end) -->\r?(?:\n|$)/gm;

/**
 * A body without the whole frame. An older version wrote none: everything up to the last marker is Rollcall's. If a person
 * removed one of the lines, nothing tells their text from Rollcall's, so all of it stays as theirs.
 */
function unframed(body: string): BodyParts {
  const last = [...body.matchAll(MARKER_LINE)].at(-1);
  if (body.search(FRAME_LINE) === -1 && last !== undefined) {
    const end = last.index + last[0].length;
    return { above: "", section: body.slice(0, end), below: body.slice(end) };
  }
  return { above: "", section: "", below: body.replaceAll(FRAME_LINE, "").replaceAll(MARKER_LINE, "") };
}

/** The same for the neutral issue of a public repository. */
export function neutralPartsOf(body: string | null, marker: string): BodyParts {
  if (body === null) return NOTHING;
  const frame = publicFrame(marker);
  const parts = framed(body, frame);
  if (parts !== null) return parts;
  const below = [frame.begin, frame.end].reduce((text, line) => text.replaceAll(line, ""), body);
  return { above: "", section: "", below };
}

/** Whether a body is that of the neutral issue with this marker. */
export function isNeutralIssue(body: string, marker: string): boolean {
  return framed(body, publicFrame(marker)) !== null;
}

/** How many bytes people's text leaves for the section with its frame. */
export function roomFor({ above, below }: BodyParts): number {
  return MAX_BODY - byteLength(above) - byteLength(below);
}

/** The whole body of a private issue, with a new section in the place of the old one. */
export function withSection(parts: BodyParts, section: string): string {
  return joined(parts, PRIVATE_FRAME, section);
}

/** The whole body of the neutral issue. */
export function withNeutralSection(parts: BodyParts, marker: string, section: string): string {
  return joined(parts, publicFrame(marker), section);
}

function joined({ above, below }: BodyParts, { begin, end }: Frame, section: string): string {
  return `${above}${begin}\n${section}\n${end}\n${below}`;
}

/** Bytes of the frame of a private issue. */
export const FRAME_BYTES = byteLength(joined(NOTHING, PRIVATE_FRAME, ""));
