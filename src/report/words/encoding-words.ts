import type { Encoding } from "../../domain/index.ts";

const ENCODING_WORDS: Readonly<Record<Encoding, string>> = {
  plain: "",
  escaped: "escaped",
  url: "URL-encoded",
  base64: "in base64",
  utf16: "in UTF-16",
  hex: "in hexadecimal",
  joined: "joined from pieces",
};

/** How the credential was written, in parentheses with a space before: ` (in base64)`; empty for plain text. */
export function encodingNote(encoding: Encoding): string {
  const words = ENCODING_WORDS[encoding];
  return words === "" ? "" : ` (${words})`;
}
