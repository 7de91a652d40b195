import { ENDS_WITH_COLOUR } from "../forms/invisible.ts";

/** Characters before a prefix that tell whether it begins a credential. */
export const MAX_BEFORE = 120;

/** `-u` of curl and other options of one letter, alone or at the end of several, with their value directly after. */
const OPTION = /(?:^|[\s"'`=,;([{|&])-(?:[A-Za-z]|[A-Za-z]{1,5}u)$/;
/** Words that people write directly before a key; none of them makes an English word with `sk` or `rk`. */
const INTRODUCTION = /(?:bearer|basic|token|secret|key|auth)$/i;

/**
 * Whether a letter directly before a prefix makes it part of a longer name: `task_live_…`, `risk_test_…`. It does
 * not if the letter ends something else: the colour of a terminal, an option, `Bearer`, or the length that a binary
 * format writes before a text.
 *
 * @param before up to MAX_BEFORE characters before the prefix
 * @param length characters of the whole credential
 */
export function isWithinName(before: string, length: number): boolean {
  if (!/[A-Za-z]$/.test(before)) return false;
  return !(
    ENDS_WITH_COLOUR.test(before) ||
    OPTION.test(before) ||
    INTRODUCTION.test(before) ||
    isBinary(before.charAt(before.length - 2)) ||
    isBinaryLength(before, length)
  );
}

/**
 * Whether a binary format states this length directly before a text: in one byte (Java class files, MessagePack, CBOR,
 * protocol buffers), or in the header of a SQLite record, which stores twice the length plus 13 and whose columns follow
 * one another directly.
 */
export function isBinaryLength(before: string, length: number): boolean {
  const letter = before.charCodeAt(before.length - 1);
  const previous = before.charAt(before.length - 2);
  if (letter === length && (isBinary(previous) || (letter > 0x20 && /[xX\x80-\xff]/.test(previous))))
    return true;
  if (!hasBinary(before)) return false;
  const type = 13 + 2 * length;
  const header =
    type < 128 ? String.fromCharCode(type) : String.fromCharCode(0x80 | (type >> 7), type & 0x7f);
  return before.includes(header);
}

/** Whether text does not contain this byte: a control character other than white space and a terminal's escape. */
function isBinary(character: string): boolean {
  const code = character.charCodeAt(0);
  return code === 0x7f || code < 0x09 || (code > 0x0d && code < 0x20 && code !== 0x1b);
}

function hasBinary(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (isBinary(text.charAt(at))) return true;
  return false;
}
