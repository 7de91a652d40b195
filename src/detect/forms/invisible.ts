/**
 * Invisible text: zero-width and other format characters, soft hyphens, and the colours of a terminal, as bytes of UTF-8
 * and as programs, pages and logs spell them. Source: Unicode's category Cf and the
 * variation selectors; ECMA-48 for the control sequences.
 */

/** Format characters in UTF-8; a soft hyphen also as its single byte in latin1. */
const FORMAT_BYTES =
  "\\xc2\\xad|\\xe2\\x80[\\x8b-\\x8f\\xaa-\\xae]|\\xe2\\x81[\\xa0-\\xaf]|\\xef\\xbb\\xbf|\\xe1\\xa0\\x8e|" +
  "\\xef\\xb8[\\x80-\\x8f]|\\xcd\\x8f|\\xd8\\x9c|(?<=\\w)\\xad(?=\\w)";

/** The same characters in text that is already decoded. */
export const FORMAT_CHARACTER = /\p{Default_Ignorable_Code_Point}/u;

const FORMAT_SPELLED =
  "\\\\{1,8}(?:u\\{?(?:200[b-fB-F]|202[a-eA-E]|206[0-9a-fA-F]|[fF][eE][fF][fF]|00[aA][dD])\\}?|x[aA][dD])|" +
  "&(?:amp;){0,3}(?:#(?:820[3-7]|8288|65279|173);|#[xX]0{0,2}(?:200[b-fB-F]|2060|[fF][eE][fF][fF]|[aA][dD]);|ZeroWidthSpace;|NoBreak;|zwnj;|zwj;|shy;)|" +
  "%[eE]2%80%8[b-fB-F]|%[eE]2%81%[aA]0|%[eE][fF]%[bB][bB]%[bB][fF]|%[cC]2%[aA][dD]|<wbr\\s?/?>";

const SEQUENCE = "\\[[0-9;?]{0,24}[A-Za-z]";
/** Escape as a byte, and as the picture that some programs show for it. */
const ESCAPE_BYTE = "(?:\\x1b|\\xe2\\x90\\x9b)";
const ESCAPE_SPELLED =
  "(?:\\\\{1,8}(?:u001[bB]|u\\{1[bB]\\}|x1[bB]|0{0,2}33|[eE])|\\^\\[|`e|%1[bB]|&#(?:27|[xX]1[bB]);)";

/** Sources of regular expressions. */
export const INVISIBLE_BYTES: string = `${ESCAPE_BYTE}${SEQUENCE}|${FORMAT_BYTES}`;
export const INVISIBLE_SPELLED: string = `${ESCAPE_SPELLED}${SEQUENCE}|${FORMAT_SPELLED}`;

/** The colour of a terminal at the end of a text, even if a log lost the escape before it. */
export const ENDS_WITH_COLOUR: RegExp = new RegExp(`${ESCAPE_BYTE}${SEQUENCE}$|\\[[0-9;]{1,24}m$`);

/** The first two bytes of the format characters met most often, and those characters whole. */
export const FORMAT_BEGINNINGS: readonly string[] = ["\xe2\x80", "\xe2\x81", "\xef\xbb", "\xc2\xad"];
export const FREQUENT_FORMATS: readonly string[] = [
  "\xe2\x80\x8b",
  "\xe2\x80\x8c",
  "\xe2\x80\x8d",
  "\xe2\x81\xa0",
  "\xef\xbb\xbf",
  "\xc2\xad",
];
