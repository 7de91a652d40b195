import type { Finding, Kind } from "../../domain/index.ts";

const NAMES: Readonly<Record<Kind, string>> = {
  secret_key: "Stripe secret key",
  restricted_key: "Stripe restricted key",
  organization_key: "Stripe organization key",
  webhook_secret: "Stripe webhook signing secret",
  cli_token: "Stripe CLI token",
  sandbox_key: "Stripe sandbox key",
  connect_token: "Stripe Connect refresh token",
  app_secret: "Stripe Apps signing secret",
  ephemeral_key: "short-lived Stripe key",
  legacy_key: "legacy Stripe secret key",
};

/** A finding in words: `live Stripe secret key`, `possible test Stripe restricted key`. */
export function kindTitle(finding: Pick<Finding, "kind" | "mode" | "confidence">): string {
  const possible = finding.confidence === "medium" || finding.confidence === "low" ? "possible " : "";
  return `${possible}${finding.mode === null ? "" : `${finding.mode} `}${NAMES[finding.kind]}`;
}

export function kindName(kind: Kind): string {
  return NAMES[kind];
}

/** For the beginning of a sentence. */
export function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** For a sentence that goes on after a colon. */
export function lowerCase(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
