import { redactText } from "../../detect/index.ts";

/** Characters of a name inside an archive that are shown. */
const MAX_NAME = 250;

/** Control characters, and characters that change the direction of text or are invisible. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Makes a name from an archive, which may be any text, safe to show. It is never opened as a path. */
export function shownName(name: string): string {
  const shown = redactText(name).replace(
    HIDDEN,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return shown.length <= MAX_NAME ? shown : `${shown.slice(0, MAX_NAME)}…`;
}
