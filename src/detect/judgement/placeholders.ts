/**
 * Why a body is a placeholder, or null. Judged by the whole body alone: a rule such as "contains xxx" would drop
 * one in some hundred real keys, "has no digit" one 24-character key in seventy. Linear in the body.
 *
 * @param isHexadecimal real keys of this kind are hexadecimal, so they have no upper case
 */
export function placeholderReason(body: string, isHexadecimal: boolean): string | null {
  if (/^(.)\1*$/.test(body)) return "one character, repeated";
  if (isRun(body)) return "consecutive characters";
  if (isRepetition(body)) return "a short piece, repeated";
  if (/^[0-9]+$/.test(body)) return "digits only";
  if (/^[a-z]+$/.test(body)) return "lower-case letters only";
  if (isWords(body.toLowerCase())) return "words, not random characters";
  // (36/62)^24: two real keys in a million have no upper case; the same holds for lower case.
  if (isHexadecimal) return null;
  if (body.length >= 24 && !/[A-Z]/.test(body)) return "no upper case at all";
  if (body.length >= 24 && !/[a-z]/.test(body)) return "no lower case at all";
  return null;
}

/** `your_key_here`, `YOUR-KEY`: words with separators, where a key belongs. */
export function isPlaceholderToken(token: string): boolean {
  const letters = token.replace(/[_-]+/g, "").toLowerCase();
  return letters.length >= 3 && letters.length <= 64 && isWords(letters);
}

/** Words that people write in place of a key. */
const WORDS: ReadonlySet<string> = new Set(
  (
    "your you my our the an some any this that these those enter insert paste put add replace change set use " +
    "here with me it is in for to of on at own real actual new old stripe secret restricted live test testing " +
    "tests api key keys token tokens value goes placeholder example examples sample dummy fake mock mocked demo " +
    "foo bar baz qux invalid valid wrong bad good not no none null undefined redacted removed hidden masked abc " +
    "abcd abcdef xyz string number account acct id sk pk rk only never do commit public private dev development " +
    "prod production staging local default todo fixme tbd random something whatever webhook signing password " +
    "and or from env var environment variable not real config dashboard please right below above later then must be"
  ).split(" "),
);
const LONGEST_WORD = 12;

/** Whether the character at `at` is the one after that before it: `abc`, `890`. */
function follows(body: string, at: number): boolean {
  const step = body.charCodeAt(at) - body.charCodeAt(at - 1);
  return step === 1 || (body.charAt(at - 1) === "9" && body.charAt(at) === "0");
}

/** Whether it consists only of words, repeated characters (`xxx`), runs (`abcd`, `7890`) and short numbers, at least two. */
function isWords(body: string): boolean {
  const reachable = new Uint8Array(body.length + 1);
  reachable[0] = 1;
  for (let start = 0; start < body.length; start++) {
    if (reachable[start] === 0) continue;
    const filler = /^(?:([a-z])\1{2,}|[0-9]{1,4})/.exec(body.slice(start, start + 64));
    if (filler !== null) reachable[start + filler[0].length] = 1;
    for (let end = start + 1; end < body.length && follows(body, end); end++)
      if (end - start >= 2) reachable[end + 1] = 1;

    for (let size = 2; size <= LONGEST_WORD && start + size <= body.length; size++)
      if (WORDS.has(body.slice(start, start + size))) reachable[start + size] = 1;
  }
  return reachable[body.length] === 1;
}

/** `abcdefghij…`, `1234567890abcdef…` and such: nearly every character follows the one before it. */
function isRun(body: string): boolean {
  let breaks = 0;
  for (let i = 1; i < body.length; i++)
    if (Math.abs(body.charCodeAt(i) - body.charCodeAt(i - 1)) > 1) breaks++;

  return body.length >= 10 && breaks <= Math.floor(body.length / 6);
}

/** Whether the whole body is one piece of at most 12 characters, over and over, at least twice and a half. */
function isRepetition(body: string): boolean {
  for (let size = 2; size <= 12 && size * 2.5 <= body.length; size++) {
    if (
      body ===
      body
        .slice(0, size)
        .repeat(Math.ceil(body.length / size))
        .slice(0, body.length)
    )
      return true;
  }
  return false;
}
