import type { Finding } from "../../domain/index.ts";
import { lowerCase } from "./kind-title.ts";
import { REMEDIES } from "./remedies.ts";
import type { Remedy } from "./remedies.ts";
import { urgencyOf } from "./urgency.ts";
import type { Urgency } from "./urgency.ts";

/**
 * What to do about one finding. The check, its annotations, the issue, the command line and SARIF all take their words
 * from here, so they never contradict each other.
 */
export interface Advice {
  readonly urgency: Urgency;
  /** The one thing to do, without a full stop: `Roll this key now`. Plain text. */
  readonly action: string;
  /** What to call the credential in a sentence: `key`, `token`. */
  readonly noun: string;
  /** The action in two words, for the cell of a table: `Roll it`. */
  readonly verb: string;
  /** How to do it, in full sentences. Markdown. */
  readonly how: string;
  /** One sentence: what anyone who has the credential can do. */
  readonly danger: string;
  /** Name of the page at `url`: `API keys of acct_…`. */
  readonly page: string;
  readonly url: string;
}

type Subject = Pick<Finding, "kind" | "mode" | "confidence" | "account">;

export function adviceFor(subject: Subject): Advice {
  const remedy = REMEDIES[subject.kind];
  const urgency = urgencyOf(subject);
  return {
    urgency,
    noun: remedy.noun,
    ...wordsOf(urgency, remedy, subject),
    danger: remedy.danger,
    page: pageOf(remedy, subject),
    url: remedy.urlOf(subject),
  };
}

function wordsOf(
  urgency: Urgency,
  remedy: Remedy,
  { kind, mode }: Subject,
): Pick<Advice, "action" | "verb" | "how"> {
  const { noun, verb, how, tell } = remedy;
  switch (urgency) {
    case "roll":
      return { action: `${verb} this ${noun} now`, verb: `${verb} it`, how };
    case "compare":
      return {
        action: `Check now whether this is your Stripe ${noun}`,
        verb: "Check it",
        how: `Other vendors use this shape too. ${tell} If it is yours, ${verb.toLowerCase()} it now: ${lowerCase(how)} If it is not yours, find out which service it belongs to and replace it there.`,
      };
    case "minor":
      return kind === "ephemeral_key"
        ? { action: "Keep this short-lived key out of the repository", verb: "Take it out", how }
        : {
            action: `Take this ${noun} out of the code`,
            verb: "Take it out",
            how: `It is probably from \`stripe listen\` and works on one machine only. If a deployed endpoint uses it, roll it now: ${lowerCase(how)}`,
          };
    case "replace":
      return {
        action: `Take this ${kind === "sandbox_key" ? "sandbox" : "test"} ${noun} out of the code`,
        verb: "Replace it",
        how: "It opens test data only. Replace it when you can, and read the new one from the environment.",
      };
    case "unlikely":
      return {
        action: "Check whether this is a Stripe credential",
        verb: "Check it",
        how: `It probably is not. If it is, ${unlikelyRemedy(verb, kind, mode)}.`,
      };
  }
}

function unlikelyRemedy(verb: Remedy["verb"], kind: Finding["kind"], mode: Finding["mode"]): string {
  const harmless = mode === "test" || kind === "sandbox_key" || kind === "ephemeral_key";
  return harmless && kind !== "webhook_secret" ? "take it out of the code" : `${verb.toLowerCase()} it now`;
}

function pageOf({ page }: Remedy, { kind, mode, account }: Subject): string {
  switch (kind) {
    case "secret_key":
    case "restricted_key":
    case "legacy_key":
      return `${mode === "test" ? "test " : ""}${page}${account === null ? "" : ` of ${account}`}`;
    case "organization_key":
    case "sandbox_key":
    case "webhook_secret":
    case "cli_token":
    case "connect_token":
    case "app_secret":
    case "ephemeral_key":
      return page;
  }
}

/** Markdown of this folder as plain text, for annotations, terminals and SARIF: `**Now**` becomes `“Now”`. */
export function plainText(markdown: string): string {
  return markdown.replaceAll(/\*\*([^*]+)\*\*/g, "“$1”");
}
