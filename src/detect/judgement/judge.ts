import { redact, Secret } from "../../domain/index.ts";
import type { Candidate } from "./candidates.ts";
import type { Context } from "../kinds/confidence.ts";
import { CONFIDENCE } from "../kinds/confidence.ts";
import type { Detection, Dismissal } from "../detection.ts";
import { placeholderReason } from "./placeholders.ts";
import { sampleOf } from "./samples.ts";
import { vendorOf } from "./vendors.ts";

type Refusal = Pick<Dismissal, "reason" | "explanation" | "redacted">;

/** Why a candidate is no credential of Stripe's, whatever the text around it says; else null. */
export function refusalOf(candidate: Candidate): Refusal | null {
  const sample = sampleOf(candidate.body);
  if (sample !== null) return refuse(candidate, "sample", `A published sample: ${sample.seen}.`);
  if (isCertain(candidate)) return null;
  if (candidate.withinName) {
    return refuse(
      candidate,
      "identifier",
      "A letter stands directly before the prefix: a part of a longer name.",
    );
  }
  const placeholder = placeholderReason(
    candidate.body,
    candidate.anatomy.shape === "webhook secret of the CLI",
  );
  return placeholder === null || vendorOf(candidate.token, true) !== null
    ? null
    : refuse(candidate, "placeholder", `No key: ${placeholder}.`);
}

/** Why a candidate that nothing else refuses is another vendor's; else null. */
export function vendorRefusalOf(candidate: Candidate, context: Context): Refusal | null {
  // What the shape alone makes certain or high stays so whatever else stands around it.
  if (["certain", "high"].includes(CONFIDENCE[candidate.anatomy.shape].alone)) return null;
  const vendor = vendorOf(candidate.token, context === "stripe");
  return vendor === null
    ? null
    : refuse(candidate, "other_vendor", `A key of ${vendor.name}: ${vendor.what}.`);
}

/** What is reported of a candidate that nothing refuses. */
export function detectionOf(
  candidate: Candidate,
  context: Context,
): Pick<Detection, "kind" | "mode" | "confidence" | "encoding" | "secret" | "account" | "accountCreated"> {
  const { rule, prefix, anatomy, body } = candidate;
  return {
    kind: rule.kind,
    mode: prefix.mode,
    confidence: CONFIDENCE[anatomy.shape][context],
    encoding: candidate.encoding,
    secret: new Secret(prefix.text + body, prefix.text),
    account: anatomy.account?.id ?? null,
    accountCreated: anatomy.account?.created.toISOString().slice(0, 10) ?? null,
  };
}

function isCertain(candidate: Candidate): boolean {
  return CONFIDENCE[candidate.anatomy.shape].alone === "certain";
}

function refuse(candidate: Candidate, reason: Dismissal["reason"], explanation: string): Refusal {
  const { prefix, body } = candidate;
  return { reason, explanation, redacted: redact(prefix.text + body, prefix.text) };
}
