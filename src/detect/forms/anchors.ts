/**
 * The pieces of prefixes that the forms look for, derived from the prefixes that each kind declares. A form builds its
 * anchors from these, so a new kind is looked for in every form without a line outside its own file.
 *
 * An anchor has four bytes or more and is rare in text without a credential. It refuses what is shorter: a prefix such
 * as `rt_` counts only together with the character before it.
 */
import { KNOWN_PREFIXES, PUBLISHABLE_PREFIXES } from "../kinds/index.ts";

const MIN_ANCHOR = 4;

const ALL_PREFIXES: readonly string[] = [
  ...KNOWN_PREFIXES.map(({ prefix }) => prefix.text),
  ...PUBLISHABLE_PREFIXES,
];
export const COMMON_PREFIXES: readonly string[] = KNOWN_PREFIXES.filter(({ rule }) => rule.isCommon).map(
  ({ prefix }) => prefix.text,
);

/** Prefixes too short to be an anchor. */
export const SHORT_PREFIXES: readonly string[] = ALL_PREFIXES.filter((prefix) => prefix.length < MIN_ANCHOR);

/**
 * What stands before a short prefix that is no part of a longer name: also the ends of escapes (`\n`, `%22`, `=3D`), of
 * colours (`[33m`, `[K`), of `-u` and of `Bearer`, which few words end like.
 */
const BOUNDARIES = Array.from("\"'`= \n\t:(>,[/\\;n2DmKur");

/**
 * Every prefix of four characters or more contains one of these: `k_live_` for `sk_live_`, `rk_live_` and `pk_live_`,
 * the whole prefix where no other one shares its end.
 */
export const STEMS: readonly string[] = stemsOf(ALL_PREFIXES.filter((prefix) => prefix.length >= MIN_ANCHOR));

/** The anchors of a prefix that stands in the text as it is. */
export const PLAIN_ANCHORS: readonly string[] = [
  ...STEMS,
  ...SHORT_PREFIXES.flatMap((prefix) => BOUNDARIES.map((before) => before + prefix)),
];

/** The first words of all prefixes: `sk`, `whsec`, `rt`. */
export const FIRST_WORDS: readonly string[] = unique(ALL_PREFIXES.map((prefix) => wordsOf(prefix)[0] ?? ""));

/** The words after the first: `live`, `test`, `org`. */
export const LATER_WORDS: readonly string[] = unique(
  ALL_PREFIXES.flatMap((prefix) => wordsOf(prefix).slice(1)),
);

/** The last letter of each first word: before the first underscore, where every character is encoded. */
export const LAST_LETTERS: readonly string[] = unique(FIRST_WORDS.map((word) => word.slice(-1)));

/** First words of prefixes that no later word follows: nothing but the word and its underscore tells them. */
export const LONE_WORDS: readonly string[] = unique(
  ALL_PREFIXES.map((prefix) => wordsOf(prefix)[0] ?? "").filter((word) =>
    STEMS.concat(SHORT_PREFIXES).some((stem) => stem.startsWith(`${word}_`)),
  ),
);

/**
 * What stands before a cut within a common prefix, wherever the cut lies after its third character: `sk_`, `k_l`,
 * `k_liv`. Followed by what ends a piece, each is an anchor.
 */
export const CUT_ENDS: readonly string[] = unique(
  COMMON_PREFIXES.flatMap((prefix) =>
    cutsOf(prefix, 3).map((cut) => {
      const before = prefix.slice(0, cut);
      const underscore = before.indexOf("_");
      return underscore === -1 || cut === 3 ? before : before.slice(underscore - 1);
    }),
  ).filter((end) => !STEMS.some((stem) => end.includes(stem))),
);

/** What stands after a cut behind the first or second character of a common prefix: to its next end of a word. */
export const CUT_REMAINDERS: readonly string[] = unique(
  COMMON_PREFIXES.flatMap((prefix) =>
    [1, 2].map((cut) => {
      const rest = prefix.slice(cut);
      return rest.slice(0, rest.indexOf("_", 2) === -1 ? rest.length : rest.indexOf("_", 2) + 1);
    }),
  ),
);

/** What can be left of a common prefix before a cut behind its second character: `sk_`, `sk_liv`, `whse`. */
export const CUT_PREFIXES: readonly string[] = unique(
  COMMON_PREFIXES.flatMap((prefix) => cutsOf(prefix, 3).map((cut) => prefix.slice(0, cut))),
);

/** Prefixes that are not looked for in pieces: the text holds the whole of them. */
export const UNCUT_PREFIXES: readonly string[] = KNOWN_PREFIXES.filter(({ rule }) => !rule.isCommon).map(
  ({ prefix }) => prefix.text,
);

/** Beginnings of common prefixes, one or two characters long. */
export const CUT_BEGINNINGS: readonly string[] = unique(
  COMMON_PREFIXES.flatMap((prefix) => [1, 2].map((length) => prefix.slice(0, length))),
);

/** The longest part of each prefix that stands out in an encoding which hides where words begin. */
export function partsOf(which: "common" | "rare"): readonly string[] {
  const common = unique(COMMON_PREFIXES.map(partOf));
  if (which === "common") return common;
  return unique(ALL_PREFIXES.map(partOf)).filter(
    (part) => part.length >= MIN_ANCHOR && !common.some((other) => part.includes(other)),
  );
}

/** Short prefixes with each of the characters that most often stand before them in a file. */
export const BOUNDED_SHORT_PREFIXES: readonly string[] = SHORT_PREFIXES.flatMap((prefix) =>
  Array.from("\n\"'=: ", (before) => before + prefix),
);

/** `_live_` of `sk_live_` and of `sk_org_live_`; the whole of `whsec_`. */
function partOf(prefix: string): string {
  const words = wordsOf(prefix);
  return words.length === 1 ? prefix : `_${words.at(-1) ?? ""}_`;
}

function stemsOf(prefixes: readonly string[]): readonly string[] {
  const stems = prefixes.map((prefix) => {
    const [first = "", second] = wordsOf(prefix);
    if (second === undefined) return prefix;
    const stem = `${first.slice(-1)}_${second}_`;
    const sharing = prefixes.filter((other) => other.includes(stem));
    const isShared = sharing.length > 2 || sharing.every((other) => other.startsWith(`${first}_`));
    return isShared && sharing.length > 1 ? stem : prefix;
  });
  return unique(stems).filter((stem) => !stems.some((other) => other !== stem && stem.includes(other)));
}

function wordsOf(prefix: string): readonly string[] {
  return prefix.split("_").filter((word) => word !== "");
}

function cutsOf(prefix: string, from: number): readonly number[] {
  return Array.from({ length: Math.max(0, prefix.length - from) }, (_, i) => from + i);
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
