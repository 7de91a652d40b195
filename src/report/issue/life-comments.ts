/**
 * What Rollcall says in an issue when its state changes: short, and each with a hidden marker so that it is said once.
 * Nothing in these comments leads to the key, so they are the same on public and private issues; those that say whether the
 * key works are made on private ones only.
 */
import type { Refusal } from "../../policy/index.ts";
import type { KeyActivity } from "../../domain/index.ts";
import { activityText, durationText } from "../words/activity.ts";
import { blocks, code, commitUrl, link } from "../markdown.ts";

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
  /** Rollcall closes the issue: the key is dead. */
  | {
      readonly kind: "verified";
      readonly redacted: string;
      readonly activity: KeyActivity;
      /** Milliseconds from the first sight to the proof. */
      readonly tookMs: number;
      /** It was open until now. */
      readonly closes: boolean;
    }
  /** A key that was said to be rolled still works. */
  | { readonly kind: "works_after_all"; readonly redacted: string; readonly activity: KeyActivity }
  | { readonly kind: "ask_reason"; readonly login: string }
  | {
      readonly kind: "seen_again";
      readonly alarm: boolean;
      /** Null where the issue is public. */
      readonly commit: { readonly url: string; readonly sha: string } | null;
    }
  | { readonly kind: "box_refused"; readonly login: string | null; readonly role: string }
  /** Keys whose boxes were ticked, and which still work. */
  | { readonly kind: "box_still_active"; readonly login: string; readonly redacted: readonly string[] }
  | { readonly kind: "duplicate"; readonly number: number }
  /** It was reopened too often in a day. */
  | { readonly kind: "left_closed"; readonly times: number; readonly until: Date }
  /** For the owner, in private. */
  | { readonly kind: "became_public"; readonly fullName: string };

/** A key that was rotated with a later expiration still works. */
const END_NOW =
  "In Stripe, choose **Rotate key** with the expiration **Now**, or **Expire key**: with a later expiration the old key works until then.";
const HOW_TO_END = `${END_NOW} I close this issue myself once Stripe says that the key is dead.`;

/** Keys that one comment names. */
const MAX_NAMED_KEYS = 10;

/** The comment, with its marker at the end. */
export function lifeComment(comment: LifeComment, id: string): string {
  return `${blocks(textOf(comment), commentMarker(id))}\n`;
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
      return `${code(comment.redacted)} is rolled. ${activityText(comment.activity, "last") ?? ""} It took ${durationText(comment.tookMs)} from the first sight to this proof.${comment.closes ? " I close this issue, and its checks turn green." : ""}`;
    case "works_after_all":
      return `I reopened this: ${code(comment.redacted)} was said to be rolled. ${activityText(comment.activity, "last") ?? ""} ${HOW_TO_END}`;
    case "ask_reason":
      return `Thanks @${comment.login}. This is now dismissed, and its checks turn green. Please say in a comment why it is not a leak: the next person will ask.`;
    case "seen_again":
      return seenAgainText(comment);
    case "box_refused":
      return `${greeting(comment.login)}I took the tick back: only a person with the role ${code(comment.role)} or above in this repository can say that a key is rolled. Ask one of them to tick it.`;
    case "box_still_active":
      return boxStillActiveText(comment);
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
  const more = redacted.length - MAX_NAMED_KEYS;
  const named = redacted.slice(0, MAX_NAMED_KEYS).map((key) => code(key));
  const keys = [...named, ...(more > 0 ? [`${more} more`] : [])].join(", ");
  return `${greeting(login)}thanks for looking after this. I took the tick back all the same: Stripe still accepts ${keys}. ${END_NOW}`;
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

function seenAgainText({ alarm, commit }: Extract<LifeComment, { kind: "seen_again" }>): string {
  const where =
    commit === null ? "A new commit" : link(code(commit.sha.slice(0, 7)), commitUrl(commit.url, commit.sha));
  return alarm
    ? `${where} brings this key again after it was said to be rolled, so the leak is open again. If the key really is dead, close this issue as completed once more.`
    : `${where} brings this key again. It is dead, so there is nothing to do; but take it out of the code, so it is not tried by mistake.`;
}
