import type { Kind, Mode } from "../../domain/index.ts";
import type { Shape } from "./confidence.ts";

/** One prefix by which credentials of a kind begin. */
export interface Prefix {
  readonly text: string;
  readonly mode: Mode;
}

/** How sure a statement about Stripe's credentials is: Stripe says so, counted on public samples, or told by others. */
export type Certainty = "documented" | "measured" | "reported";

/** What a body is made of, where a reader has to know how far it goes. */
export interface Body {
  /** One character of the body, as a class of a regular expression without its brackets. */
  readonly characters: string;
  readonly min: number;
  readonly max: number;
}

/** What the body says. */
export interface Anatomy {
  readonly shape: Shape;
  /** Characters of the run that are the credential; the rest is a tail that does not belong to it. */
  readonly length: number;
  readonly account: { readonly id: string; readonly created: Date } | null;
}

/**
 * A kind of credential: one file in this folder and one line in `kinds/index.ts`. The prefixes are the whole of what
 * the search needs to know: the anchors of every form and the patterns of redaction are derived from them.
 */
export interface KindRule<K extends Kind = Kind> {
  readonly kind: K;
  readonly name: string;
  /** None: the kind is found by `assignment`. */
  readonly prefixes: readonly Prefix[];
  /**
   * Leaks often enough to be looked for in its rarest writings too: the prefix cut in pieces, or its base64 cut by a
   * line break. Each such prefix costs some forty more anchors.
   */
  readonly isCommon: boolean;
  readonly body: Body;
  /** Lengths of body of which the anatomy is known: where pieces are joined, the credential can end after one. */
  readonly lengths: readonly number[];
  /** @param run the longest run of `body.characters` after the prefix, at least `min`, at most `max + 1` of them */
  readonly anatomy: (run: string, now: Date) => Anatomy | null;
  /** How a kind without a prefix is found; null for the others. */
  readonly assignment: Assignment | null;
  /** Lengths of body, for the generated examples; the first is the usual one. */
  readonly examples: readonly Example[];
  readonly source: { readonly certainty: Certainty; readonly where: string };
}

/** Finds a credential without a prefix by the name that it is assigned to. */
export interface Assignment {
  /** Bytes from the word stripe on that the search below looks at. */
  readonly reach: number;
  /** @returns where the body begins, where one is assigned to the word stripe at `at`; else -1 */
  readonly bodyAt: (text: string, at: number) => number;
  /** @returns text that assigns `body` */
  readonly write: (body: string) => string;
}

/** A body to generate: base62 digits, with parts that are fixed. */
export interface Example {
  readonly length: number;
  /** `51` and a creation stamp in the past, and `00` ten from the end, where the anatomy has them. */
  readonly anatomy: boolean;
}
