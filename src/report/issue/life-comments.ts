/**
 * What Rollcall says in an issue when its state changes: short, and each with a hidden marker so that it is said once.
 * Nothing in these comments leads to the key, so they are the same on public and private issues; those that say whether the
 * key works are made on private ones only.
 */
import type { Refusal } from "../../policy/index.ts";
import type { KeyActivity } from "../../domain/index.ts";
import { activityText, durationText } from "../words/activity.ts";
import { blocks, code, commitUrl, link } from "../markdown.ts";

/** A key that Stripe was asked about. */
export interface AnsweredKey {
  readonly redacted: string;
  readonly activity: KeyActivity;
  /** Milliseconds from the first sight to the answer. */
  readonly tookMs: number;
}

/** What a comment says, and who is spoken to. */
export type LifeComment =
  | {
      readonly kind: "refused";
      readonly because: Refusal;
      /** Login of the person who closed it; null: not a person. */
      readonly login: string | null;
      readonly roles: { readonly attest: string; readonly dismiss: string };
      /** What Stripe said, where that is the reason. */
      readonly activity?: KeyActivity | null;
    }
  /** Keys that are dead. */
  | {
      readonly kind: "verified";
      readonly keys: readonly AnsweredKey[];
      /** Rollcall closes the issue: every key in it is cleared now. */
      readonly closes: boolean;
    }
  /** Keys that were said to be rolled still work. */
  | { readonly kind: "works_after_all"; readonly keys: readonly AnsweredKey[] }
  | { readonly kind: "ask_reason"; readonly login: string }
  | {
      readonly kind: "seen_again";
      readonly alarm: boolean;
      /** The keys, where the issue has more than those; empty: all of it. */
      readonly redacted: readonly string[];
      /** Null where the issue is public. */
      readonly commit: { readonly url: string; readonly sha: string } | null;
    }
  | { readonly kind: "box_refused"; readonly login: string | null; readonly role: string }
  /** Keys whose boxes were ticked, and which still work. */
  | { readonly kind: "box_still_active"; readonly login: string; readonly redacted: readonly string[] }
  /** Keys whose boxes are ticked, by GitHub did not say whom. */
  | { readonly kind: "box_unheard"; readonly redacted: readonly string[]; readonly role: string }
  | { readonly kind: "duplicate"; readonly number: number }
  /** It was reopened too often in a day. */
  | { readonly kind: "left_closed"; readonly times: number; readonly until: Date }
  /** For the owner, in private. */
  | { readonly kind: "became_public"; readonly fullName: string };

/** A key that was rotated with a later expiration still works. */
const END_NOW =
  "In Stripe, choose **Rotate key** with the expiration **Now**, or **Expire key**: with a later expiration the old key works until then.";
const HOW_TO_END = `${END_NOW} I close this issue myself once Stripe says that the key is dead.`;

/** Keys that one sentence names, and that one list has. */
const MAX_NAMED_KEYS = 10;
const MAX_LISTED_KEYS = 100;

/**
 * The comment, with its markers at the end.
 *
 * @param ids name the occasions, one for each thing that it says
 */
export function lifeComment(comment: LifeComment, ids: readonly string[]): string {
  return `${blocks(textOf(comment), ids.map(commentMarker).join("\n"))}\n`;
}

/** The hidden line by which a comment is found again. It counts only in a comment that this app wrote. */
export function commentMarker(id: string): string {
  return `<!-- rollcall:said:${id.replaceAll(/[^A-Za-z0-9_=.:]/g, "_")} -->`;
}

function textOf(comment: LifeComment): string {
  switch (comment.kind) {
    case "refused":
      return refusedText(comment);
    case "verified":
      return verifiedText(comment);
    case "works_after_all":
      return worksAfterAllText(comment);
    case "ask_reason":
      return `Thanks @${comment.login}. This is now dismissed, and its checks turn green. Please say in a comment why it is not a leak: the next person will ask.`;
    case "seen_again":
      return seenAgainText(comment);
    case "box_refused":
      return `${greeting(comment.login)}I took the tick back: only a person with the role ${code(comment.role)} or above in this repository can say that a key is rolled. Ask one of them to tick it.`;
    case "box_still_active":
      return boxStillActiveText(comment);
    case "box_unheard":
      return `I took the tick of ${named(comment.redacted)} back: GitHub's message about who set it did not reach me. If the key is rolled, a person with the role ${code(comment.role)} or above can tick it again.`;
    case "became_public":
      return `${code(comment.fullName)} has become public. Everybody can read its commits now, and its former check runs may still show where the key is: GitHub cannot remove their annotations. **Roll this key at once.**`;
    case "left_closed":
      return `I have reopened this ${comment.times} times within a day, so I leave it closed until ${minute(comment.until)} UTC and look again then. Closing it like this has ended nothing: close it as completed yourself once the key is rolled.`;
    case "duplicate":
      return `This is a copy of #${comment.number}, opened by accident. Please continue there.`;
  }
}

/** `2026-11-25 12:00`, in UTC. */
function minute(at: Date): string {
  return at.toISOString().slice(0, 16).replace("T", " ");
}

function boxStillActiveText({ login, redacted }: Extract<LifeComment, { kind: "box_still_active" }>): string {
  return `${greeting(login)}thanks for looking after this. I took the tick back all the same: Stripe still accepts ${named(redacted)}. ${END_NOW}`;
}

/** The keys, or the first of them and how many there are besides. */
function named(redacted: readonly string[]): string {
  const more = redacted.length - MAX_NAMED_KEYS;
  const shown = redacted.slice(0, MAX_NAMED_KEYS).map((key) => code(key));
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

function greeting(login: string | null): string {
  return login === null ? "" : `@${login} `;
}

function refusedText({
  because,
  login,
  roles,
  activity = null,
}: Extract<LifeComment, { kind: "refused" }>): string {
  switch (because) {
    case "automation":
      return "I reopened this: a commit, a pull request or a project closed it, but a changed file does not end a leak. Roll the key in Stripe, then close this issue as completed yourself. I say this once.";
    case "bot":
      return "I reopened this: an app closed it, but only a person can say that a key is rolled. Roll the key in Stripe, then close this issue as completed yourself. I say this once.";
    case "duplicate":
      return `${greeting(login)}I reopened this: each key has one issue, so it cannot be a duplicate. Close it as completed once the key is rolled, or as not planned if it is not a leak.`;
    case "no_attest_role":
      return `${greeting(login)}I reopened this: only a person with the role ${code(roles.attest)} or above in this repository can say that the key is rolled. If it is, ask one of them to close this issue as completed.`;
    case "no_dismiss_role":
      return `${greeting(login)}I reopened this: only a person with the role ${code(roles.dismiss)} or above in this repository can dismiss a leak. If this is not a leak, ask one of them to close it as not planned.`;
    case "brought_key":
      return `${greeting(login)}I reopened this: a leak is dismissed by someone else than the person who brought the key, or by an admin. If this is not a leak, ask one of them to close it as not planned.`;
    case "still_active":
      return `${greeting(login)}thanks for looking after this. I reopened it all the same. ${(activity === null ? null : activityText(activity, "last")) ?? "Stripe still accepts the key."} ${HOW_TO_END}`;
  }
}

function verifiedText({ keys, closes }: Extract<LifeComment, { kind: "verified" }>): string {
  const end = closes ? " I close this issue, and its checks turn green." : "";
  const said = ({ redacted, activity, tookMs }: AnsweredKey): readonly [string, string] => [
    code(redacted),
    `${activityText(activity, "last") ?? ""} It took ${durationText(tookMs)} from the first sight to this proof.`,
  ];
  const [only, ...others] = keys.map(said);
  if (only !== undefined && others.length === 0) return `${only[0]} is rolled. ${only[1]}${end}`;
  return `${keys.length} keys are rolled.${end}\n\n${listed(keys, (key) => said(key).join(": "))}`;
}

function worksAfterAllText({ keys }: Extract<LifeComment, { kind: "works_after_all" }>): string {
  const said = ({ activity }: AnsweredKey): string => activityText(activity, "last") ?? "";
  const [only, ...others] = keys;
  if (only !== undefined && others.length === 0)
    return `I reopened this: ${code(only.redacted)} was said to be rolled. ${said(only)} ${HOW_TO_END}`;
  return `I reopened this: ${keys.length} keys were said to be rolled. ${HOW_TO_END}\n\n${listed(keys, (key) => `${code(key.redacted)}: ${said(key)}`)}`;
}

/** A list of as many as one comment holds. */
function listed(keys: readonly AnsweredKey[], lineOf: (key: AnsweredKey) => string): string {
  const more = keys.length - MAX_LISTED_KEYS;
  const lines = keys.slice(0, MAX_LISTED_KEYS).map((key) => `- ${lineOf(key)}`);
  return [...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n");
}

function seenAgainText({ alarm, commit, redacted }: Extract<LifeComment, { kind: "seen_again" }>): string {
  const where =
    commit === null ? "A new commit" : link(code(commit.sha.slice(0, 7)), commitUrl(commit.url, commit.sha));
  const isOne = redacted.length < 2;
  const keys = redacted.length === 0 ? "this key" : named(redacted);
  if (alarm) {
    const after = isOne
      ? "it was said to be rolled, so the leak is open again"
      : "they were said to be rolled, so these leaks are open again";
    const end =
      redacted.length === 0
        ? "close this issue as completed once more"
        : `tick ${isOne ? "its box" : "their boxes"} once more`;
    return `${where} brings ${keys} again after ${after}. If the ${isOne ? "key really is" : "keys really are"} dead, ${end}.`;
  }
  const dead = isOne ? "It is dead" : "They are dead";
  return `${where} brings ${keys} again. ${dead}, so there is nothing to do; but take ${isOne ? "it" : "them"} out of the code, so ${isOne ? "it is" : "they are"} not tried by mistake.`;
}
