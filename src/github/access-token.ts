import { inspect } from "node:util";

/** A token of GitHub's, which shows itself only as `[token]`: in templates, JSON, logs, errors and crash dumps. */
export class AccessToken {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The token itself, for the one call that it authenticates. */
  reveal(): string {
    return this.#text;
  }

  is(other: AccessToken | null): boolean {
    return other !== null && this.#text === other.#text;
  }

  toString(): string {
    return "[token]";
  }

  toJSON(): string {
    return "[token]";
  }

  [Symbol.toPrimitive](): string {
    return "[token]";
  }

  [inspect.custom](): string {
    return "[token]";
  }
}
