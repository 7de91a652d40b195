/**
 * Controls, line breaks, terminal escapes, and marks that reorder or hide text must not reach a terminal from a file
 * that a stranger wrote. U+FEFF and the zero-width characters are included because they make different names look alike.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** `text` on one line, safe for a terminal: every unprintable character becomes an escape. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  switch (character) {
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
    default:
      return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  }
}

/** JSON of printable characters only: a file name cannot control the terminal that shows it. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === "\n" ? character : escapeUnits(character),
  );
}

function escapeUnits(character: string): string {
  let escaped = "";
  for (let index = 0; index < character.length; index += 1)
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;

  return escaped;
}
