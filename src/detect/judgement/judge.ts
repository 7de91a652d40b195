import { redact, Secret } from "../../domain/plain.ts";
import type { Detection, Grounds } from "../detection.ts";
import type { Context } from "../kinds/confidence.ts";
import { CONFIDENCE } from "../kinds/confidence.ts";
import type { Candidate } from "./candidates.ts";
import { placeholderReason } from "./placeholders.ts";
import { sampleOf } from "./samples.ts";
import { vendorOf } from "./vendors.ts";

/** Why a candidate is not Stripe's, whatever the text around it says; otherwise null. */
export function groundsAlone(candidate: Candidate): Grounds | null {
  const sample = sampleOf(candidate.body);
  if (sample !== null) return groundsOf(candidate, "sample", `A published sample: ${sample.seen}.`);
  if (CONFIDENCE[candidate.anatomy.shape].alone === "certain") return null;
  if (candidate.withinName) {
    const explanation = "A letter stands directly before the prefix: a part of a longer name.";
    return groundsOf(candidate, "identifier", explanation);
  }
  const isHexadecimal = candidate.anatomy.shape === "webhook secret of the CLI";
  const placeholder = placeholderReason(candidate.body, isHexadecimal);
  if (placeholder === null || vendorOf(candidate.token, candidate.prefix.text, "stripe") !== null)
    return null;
  return groundsOf(candidate, "placeholder", `No key: ${placeholder}.`);
}

/** Why a candidate is another vendor's, given the text around it; otherwise null. */
export function groundsWithin(candidate: Candidate, context: Context): Grounds | null {
  const vendor = vendorOf(candidate.token, candidate.prefix.text, context);
  // If the shape alone makes a key certain or high, the text around it does not change that. A key of 34 with a tail is
  // the exception: one in 256 of Paystack's keys has "00" at the right place.
  const isWhole = candidate.token.endsWith(candidate.prefix.text + candidate.body);
  const provesItself = ["certain", "high"].includes(CONFIDENCE[candidate.anatomy.shape].alone);
  const isCutFromVendors = !isWhole && (vendor?.toldBy === "shape" || context === "vendor");
  if (provesItself && !(candidate.anatomy.shape === "34 with 00" && isCutFromVendors)) return null;
  // A key of 24 characters can be Stripe's whatever name is next to it: it is reported, as low.
  if (vendor === null || (vendor.toldBy === "name" && candidate.anatomy.shape === "24")) return null;
  return groundsOf(candidate, "other_vendor", `A key of ${vendor.name}: ${vendor.what}.`);
}

/** The report of a candidate that nothing dismisses. */
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

function groundsOf(candidate: Candidate, reason: Grounds["reason"], explanation: string): Grounds {
  const { prefix, body } = candidate;
  return { reason, explanation, redacted: redact(prefix.text + body, prefix.text) };
}
