/**
 * Decides which words around a credential may be printed: only those that are known to be harmless, because the text
 * goes to public CI logs. A password, another vendor's key or any other opaque text is never recognised by its shape
 * here: it is hidden because it is not on the list. It owns the list and the replacement; where the line comes from and
 * how much of it is shown is `excerpt.ts`.
 */

/** Keywords of languages and formats, and words that name a credential. Lower case; compared without case. */
const HARMLESS_WORDS: ReadonlySet<string> = new Set(
  `
  and as async await begin bool byte case class const def default do dim else end env environ environment export false
  final fn for from func function get getenv go if import in include int interface is let local module my mut namespace
  new nil none not null or package private process protected public put readonly require return self set setenv
  static str string struct super switch then this throw true try type undefined unset use val value values var void
  with yield

  access account admin api app auth authentication authorization backend basic bearer billing charge charges checkout
  cli client config configuration connect constants context cred credential credentials customer customers data dev
  development docker endpoint ephemeral event events fallback field file header headers hook hooks id init initialize
  instance item key keys legacy live load login main message mode name note old option options order org organization
  params password patch pay payload payment payments platform post price prod product production properties provider
  publishable query refresh request response restricted sandbox secret secrets server service settings shop sign
  signature signing source staging stripe subscription system target temp test testing tests text tmp todo token tokens
  url user username variable verify version webhook webhooks

  add apply arg args array assert at body call cat class clone code command commit concat console construct copy create
  curl data decode delete describe dump echo encode entry error errors execute expect find format http https index info
  join json key kind label length line list log logger map merge object open parse path print printf println puts push
  read replace run save script send setup shell show slice sprintf start stdout sub sudo test to update wget write
  xml yaml com dashboard v1
  `
    .trim()
    .split(/\s+/),
);

/** The separators of code and of data formats. Whatever else is written without a space belongs to a token. */
const PARTS = /([\s"'`()[\]{}<>,;:=]+)/;
/** A token of words and of the marks between them: `process.env.STRIPE_SECRET_KEY`, `//`, `-u`. */
const MARKS = /[-_./\\#$%&*+!?@|^~]+/g;
const MAX_MARKS_IN_A_ROW = 3;
const FLAG = /^-[A-Za-z]$/;
/** `stripeSecretKey` and `APIKey` are written without a mark between their words. */
const WORD_STARTS = /(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;
/** Replaces a hidden token. */
const HIDDEN = "…";

/**
 * `text` with every token replaced by `…` that is not known to be harmless. Tokens that are hidden in a row become one
 * `…`, so neither their number nor what separates them is told.
 *
 * @param cut which end of the text was cut off its line: the token there may be a part, so it is hidden
 */
export function harmlessPart(text: string, cut: "start" | "end" | "neither"): string {
  const parts = text.split(PARTS);
  const shown: string[] = [];
  /** What separates from the last hidden token; null after a token that is shown. */
  let sinceHidden: string | null = null;
  for (const [index, part] of parts.entries()) {
    const isSeparator = index % 2 === 1;
    if (part === "") continue;

    if (isSeparator) {
      if (sinceHidden === null) shown.push(part);
      else sinceHidden += part;

      continue;
    }
    const isCut = (cut === "start" && index === 0) || (cut === "end" && index === parts.length - 1);
    if (isHarmless(part) && !isCut) {
      if (sinceHidden !== null) {
        shown.push(sinceHidden);
        sinceHidden = null;
      }
      shown.push(part);
    } else {
      if (sinceHidden === null) shown.push(HIDDEN);

      sinceHidden = "";
    }
  }
  return shown.join("") + (sinceHidden ?? "");
}

function isHarmless(token: string): boolean {
  if (FLAG.test(token)) return true;

  const marks = token.match(MARKS) ?? [];
  return (
    marks.every((mark) => mark.length <= MAX_MARKS_IN_A_ROW) &&
    token
      .split(MARKS)
      .filter((word) => word !== "")
      .flatMap((word) => word.split(WORD_STARTS))
      .every((word) => HARMLESS_WORDS.has(word.toLowerCase()))
  );
}
