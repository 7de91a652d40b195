import type { Confidence, Finding, Kind } from "../../domain/index.ts";

/**
 * How pressing a finding is, from most to least:
 * - `roll`: a live credential. End it now.
 * - `compare`: it may be a live credential. Find out now, then end it.
 * - `minor`: it expires on its own, or works on one machine only. Take it out.
 * - `replace`: it opens test data only. Take it out.
 * - `unlikely`: it is probably not a Stripe credential. Have a look.
 */
export const URGENCIES = ["roll", "compare", "minor", "replace", "unlikely"] as const;
export type Urgency = (typeof URGENCIES)[number];

type ByConfidence = Readonly<Record<Confidence, Urgency>>;

const LIVE: ByConfidence = { certain: "roll", high: "roll", medium: "compare", low: "unlikely" };
const TEST: ByConfidence = { certain: "replace", high: "replace", medium: "replace", low: "unlikely" };
const MINOR: ByConfidence = { certain: "minor", high: "minor", medium: "minor", low: "unlikely" };
/** Only the Stripe CLI's webhook secret, which signs for one machine, is found with medium confidence. */
const WEBHOOK: ByConfidence = { ...LIVE, medium: "minor" };

/** A credential without a mode counts as live, to be safe. */
const secret = { live: LIVE, test: TEST, none: LIVE } as const;

/** Kind × mode × confidence; `none` is mode `null`. The compiler asks for every combination. */
const TABLE: Readonly<Record<Kind, Readonly<Record<"live" | "test" | "none", ByConfidence>>>> = {
  secret_key: secret,
  restricted_key: secret,
  organization_key: secret,
  cli_token: secret,
  connect_token: secret,
  app_secret: secret,
  legacy_key: secret,
  webhook_secret: { live: WEBHOOK, test: WEBHOOK, none: WEBHOOK },
  sandbox_key: { live: TEST, test: TEST, none: TEST },
  ephemeral_key: { live: MINOR, test: MINOR, none: MINOR },
};

export function urgencyOf({
  kind,
  mode,
  confidence,
}: Pick<Finding, "kind" | "mode" | "confidence">): Urgency {
  return TABLE[kind][mode ?? "none"][confidence];
}
