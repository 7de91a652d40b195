/** The closed lists of words that describe a credential. Contract of the command line's JSON and of the store. */

export const KINDS = [
  "secret_key",
  "restricted_key",
  "organization_key",
  "webhook_secret",
  "cli_token",
  "sandbox_key",
  "connect_token",
  "app_secret",
  "ephemeral_key",
  "legacy_key",
] as const;
export type Kind = (typeof KINDS)[number];

/** `null`: the kind has no mode of its own (a webhook secret). */
export const MODES = ["live", "test"] as const;
export type Mode = (typeof MODES)[number] | null;

/** From strongest to weakest. */
export const CONFIDENCES = ["certain", "high", "medium", "low"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** The form in which the credential was written. */
export const ENCODINGS = ["plain", "escaped", "url", "base64", "utf16", "hex", "joined"] as const;
export type Encoding = (typeof ENCODINGS)[number];
