import { FORMAT_CHARACTER } from "../forms/invisible.ts";

/** A text as a person reads it, one character a byte, with the way back. */
export interface VisibleText {
  readonly latin1: string;
  /** Where the character at an index of `latin1` is in the text. */
  originOf(index: number): number;
}

/** `ｓｋ＿ｌｉｖｅ`: the full-width forms of ASCII, which are read as ASCII. */
const FULL_WIDTH = { first: 0xff01, last: 0xff5e, offset: 0xfee0 };
const PLAIN_TEXT = /^[\0-\xac\xae-\xff]*$/;

/** Skips invisible characters; reads full-width ones as ASCII, and any other that is not latin1 as a non-letter. */
export function visibleText(text: string): VisibleText {
  if (PLAIN_TEXT.test(text)) return { latin1: text, originOf: (index) => index };
  const origins: number[] = [];
  let latin1 = "";
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const units = code > 0xffff ? 2 : 1;
    if (!FORMAT_CHARACTER.test(String.fromCodePoint(code)) && !isHalfOfHyphen(text, at)) {
      latin1 += latin1Of(code);
      origins.push(at + units - 1);
    }
    at += units;
  }
  return { latin1, originOf: (index) => origins[index] ?? text.length };
}

/** The first byte of a soft hyphen if UTF-8 was taken for latin1; the forms know the bytes of the other format characters. */
function isHalfOfHyphen(text: string, at: number): boolean {
  return text.charCodeAt(at) === 0xc2 && text.charCodeAt(at + 1) === 0xad;
}

function latin1Of(code: number): string {
  if (code <= 0xff) return String.fromCharCode(code);
  const { first, last, offset } = FULL_WIDTH;
  return code >= first && code <= last ? String.fromCharCode(code - offset) : "\x80";
}
