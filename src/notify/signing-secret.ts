import { inspect } from "node:util";

/** A secret that signs messages, which shows itself only as `[signing secret]`. */
export class SigningSecret {
  readonly #text: string;

  /** @param text `whsec_` and the base64 of 24 to 64 bytes */
  constructor(text: string) {
    this.#text = text;
  }

  /** The secret itself, for the one call that signs. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "[signing secret]";
  }

  toJSON(): string {
    return "[signing secret]";
  }

  [Symbol.toPrimitive](): string {
    return "[signing secret]";
  }

  [inspect.custom](): string {
    return "[signing secret]";
  }
}

/**
 * Whether the text is a secret as Standard Webhooks describes it.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function isSigningSecret(text: string): boolean {
  const [, base64 = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, "base64");
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString("base64") === base64;
}
