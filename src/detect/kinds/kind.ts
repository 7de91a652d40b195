import type { Kind, Mode } from "../../domain/index.ts";
import type { Shape } from "./confidence.ts";

/** One prefix by which credentials of a kind begin. */
export interface Prefix {
  readonly text: string;
  readonly mode: Mode;
}

/** How certain a statement about Stripe's credentials is: Stripe says so, counted on public samples, or others say so. */
export type Certainty = "documented" | "measured" | "reported";

/** The characters of a body: a reader has to know how far it goes. */
export interface Body {
  /** One character of the body, as a class of a regular expression without its brackets. */
  readonly characters: string;
  readonly min: number;
  readonly max: number;
}

/** What the body says. */
export interface Anatomy {
  readonly shape: Shape;
  /** How many characters of the run belong to the credential; the rest is a tail. */
  readonly length: number;
  readonly account: { readonly id: string; readonly created: Date } | null;
}

/**
 * A kind of credential: one file in this folder and one line in `kinds/index.ts`. The search needs only the prefixes: the
 * anchors of every form and the patterns of redaction are derived from them.
 */
export interface KindRule<K extends Kind = Kind> {
  readonly kind: K;
  readonly name: string;
  /** None: the kind is found by `assignment`. */
  readonly prefixes: readonly Prefix[];
  /**
   * Leaks often enough to search for rare spellings too: the prefix cut into pieces, or its base64 cut by a line break.
   * Each such prefix costs about forty more anchors.
   */
  readonly isCommon: boolean;
  readonly body: Body;
  /** Lengths of body with a known anatomy: a credential joined from pieces can end at one of them. */
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
  /** How many bytes from the word stripe on the search below looks at. */
  readonly reach: number;
  /** @returns where the body begins that is assigned to the word stripe at `at`; -1 if there is none */
  readonly bodyAt: (text: string, at: number) => number;
  /** @returns text that assigns `body` */
  readonly write: (body: string) => string;
}

/** A body to generate: base62 digits, with parts that are fixed. */
export interface Example {
  readonly length: number;
  /** `51` and a creation stamp in the past, and `00` ten from the end, if the anatomy has them. */
  readonly anatomy: boolean;
}
