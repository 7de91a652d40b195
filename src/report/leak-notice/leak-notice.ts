import { z } from "zod";
import { CONFIDENCES, KINDS, LEAK_STATES, MODES } from "../../domain/index.ts";
import type { LeakStateName } from "../../domain/index.ts";
import { duration } from "../words/duration.ts";
import { groundsText, isVerified } from "../words/grounds.ts";
import { kindTitle, sentenceCase } from "../words/kind-title.ts";
import { printable } from "../printable.ts";

/**
 * The message of the outgoing webhook, version 1. A field is only ever added. It holds no path, line, commit or author,
 * whatever the repository: those are in the issue, for the people who may read it. docs/webhook-message.schema.json is
 * this schema as a file.
 */
export const leakMessageSchema = z
  .object({
    type: z
      .enum(["leak.opened", "leak.rolled", "leak.dismissed", "leak.reopened"])
      .describe("What became of the leak."),
    timestamp: z.iso.datetime().describe("When that happened. Orders the messages about one leak."),
    text: z.string().describe("The message in one sentence, as Slack and compatible chats show it."),
    data: z.object({
      schemaVersion: z.literal(1),
      sequence: z.int().describe("Grows with each change on this record."),
      state: z.enum(LEAK_STATES),
      previousState: z.enum(LEAK_STATES).nullable().describe("Null: the leak is new."),
      actor: z.string().nullable().describe("Login of the person who changed the state; null: Rollcall."),
      how: z.string().describe("The grounds: found, attested, attested_by_pusher, verified, dismissed, …"),
      verified: z
        .boolean()
        .describe("Whether Stripe said that the key is dead. A person's word is no proof."),
      key: z.object({
        kind: z.enum(KINDS),
        mode: z.enum(MODES).nullable(),
        confidence: z.enum(CONFIDENCES),
        redacted: z.string().describe("Prefix and last four characters, as Stripe's Dashboard shows them."),
        fingerprint: z.string().describe("SHA-256 of the key, first 20 hex digits."),
        account: z.string().nullable(),
      }),
      foundAt: z.iso.datetime(),
      repositories: z.array(z.string()).describe("owner/name of each repository in which it was found."),
      issue: z.string().nullable().describe("Address of the issue; null: it has none yet."),
    }),
  })
  .meta({ title: "Rollcall: a change of a leak" });
export type LeakMessage = z.infer<typeof leakMessageSchema>;

export interface LeakMessageInput {
  readonly kind: "opened" | "rolled" | "dismissed" | "reopened";
  readonly sequence: number;
  readonly at: Date;
  readonly state: LeakStateName;
  readonly previousState: LeakStateName | null;
  readonly actor: string | null;
  readonly how: string;
  readonly key: LeakMessage["data"]["key"];
  readonly foundAt: Date;
  /** `owner/name`. */
  readonly repositories: readonly string[];
  readonly issueUrl: string | null;
}

/** Repositories that the sentence names. */
const MAX_NAMED = 3;
/** Repositories that the message lists. */
const MAX_LISTED = 100;

/** The message as JSON. Pure: the same change gives the same text. */
export function renderLeakMessage(input: LeakMessageInput): string {
  const { kind, sequence, at, state, previousState, actor, how, key, foundAt, issueUrl } = input;
  const message: LeakMessage = {
    type: `leak.${kind}`,
    timestamp: at.toISOString(),
    text: textOf(input),
    data: {
      schemaVersion: 1,
      sequence,
      state,
      previousState,
      actor,
      how,
      verified: isVerified({ how }),
      key,
      foundAt: foundAt.toISOString(),
      repositories: input.repositories.slice(0, MAX_LISTED),
      issue: issueUrl,
    },
  };
  return JSON.stringify(message);
}

function textOf({ kind, key, repositories, actor, how, at, foundAt, issueUrl }: LeakMessageInput): string {
  const { redacted } = key;
  const what = `${kindTitle(key)} ${redacted}, found in ${namesOf(repositories)}`;
  const by = groundsText(how, actor);
  const after = `after ${duration((at.getTime() - foundAt.getTime()) / 1000)}`;
  const sentences = {
    opened: `${sentenceCase(what)}. Roll it now.`,
    rolled: `Rolled ${after}: ${what}. It is ${by}.`,
    dismissed: `Dismissed: ${what}. It was ${by}.`,
    reopened: `Open again: ${what} (${by}). Roll it now.`,
  };
  return escaped(printable(sentences[kind])) + (issueUrl === null ? "" : ` ${escaped(printable(issueUrl))}`);
}

function namesOf(repositories: readonly string[]): string {
  const more = repositories.length - MAX_NAMED;
  return `${repositories.slice(0, MAX_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** As Slack asks: https://docs.slack.dev/messaging/formatting-message-text/#escaping */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
