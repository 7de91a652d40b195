import { createHash } from "node:crypto";
import { inspect } from "node:util";

/**
 * The text of a credential, which shows itself only redacted: in templates, JSON, `console.log`, errors and
 * crash dumps. The text leaves through `reveal()` alone, for the one place that asks Stripe about a key.
 */
export class Secret {
  readonly #text: string;
  /** Prefix and last four characters, as the Stripe Dashboard shows a key: `sk_live_…3fQa`. */
  readonly redacted: string;
  /** SHA-256 of the text as UTF-8, first 20 hex digits. */
  readonly fingerprint: string;

  /** @param prefix the public part of the text, such as `sk_live_`; empty for a legacy key. */
  constructor(text: string, prefix: string) {
    this.#text = text;
    this.redacted = redact(text, prefix);
    this.fingerprint = createHash("sha256").update(text, "utf8").digest("hex").slice(0, 20);
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return this.redacted;
  }

  toJSON(): string {
    return this.redacted;
  }

  [Symbol.toPrimitive](): string {
    return this.redacted;
  }

  [inspect.custom](): string {
    return `Secret(${this.redacted})`;
  }
}

/** A body under 16 characters shows no tail: four of so few would reveal too much. */
export function redact(text: string, prefix: string): string {
  const body = text.slice(prefix.length);
  return `${prefix}…${body.length < 16 ? "" : body.slice(-4)}`;
}
