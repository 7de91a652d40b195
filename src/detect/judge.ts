import type { Context } from "./confidence.ts";
import { CONFIDENCE } from "./confidence.ts";
import type { Detection, Dismissal } from "./finding.ts";
import type { Anatomy, KindRule, Prefix } from "./kinds/kind.ts";
import { placeholderReason } from "./placeholders.ts";
import { sampleOf } from "./samples.ts";
import { Secret } from "./secret.ts";

/** A credential as a reader found it, before anybody judged whether it is one. */
export interface Candidate {
  readonly rule: KindRule;
  readonly prefix: Prefix;
  readonly anatomy: Anatomy;
  /** Exactly the credential's body, without a tail. */
  readonly body: string;
  /** The character before the prefix, escapes decoded; empty at the beginning of the text. */
  readonly before: string;
}

export type Judgement =
  | {
      readonly kind: "detection";
      readonly detection: Pick<
        Detection,
        "kind" | "mode" | "confidence" | "secret" | "account" | "accountCreated"
      >;
    }
  | {
      readonly kind: "dismissal";
      readonly dismissal: Pick<Dismissal, "reason" | "explanation" | "redacted">;
    };

export function judge(candidate: Candidate, context: Context): Judgement {
  const { rule, prefix, anatomy, body } = candidate;
  const row = CONFIDENCE[anatomy.shape];
  const secret = new Secret(prefix.text + body, prefix.text);
  const dismiss = (reason: Dismissal["reason"], explanation: string): Judgement => ({
    kind: "dismissal",
    dismissal: { reason, explanation, redacted: secret.redacted },
  });

  const sample = sampleOf(body);
  if (sample !== null) return dismiss("sample", `A published sample: ${sample.seen}.`);
  if (row.alone !== "certain") {
    if (/[A-Za-z]/.test(candidate.before)) {
      return dismiss("identifier", "A letter stands directly before the prefix: part of a longer name.");
    }
    const placeholder = placeholderReason(body);
    if (placeholder !== null) return dismiss("placeholder", `Not a key: ${placeholder}.`);
  }
  return {
    kind: "detection",
    detection: {
      kind: rule.kind,
      mode: prefix.mode,
      confidence: row[context],
      secret,
      account: anatomy.account?.id ?? null,
      accountCreated: anatomy.account?.created.toISOString().slice(0, 10) ?? null,
    },
  };
}
