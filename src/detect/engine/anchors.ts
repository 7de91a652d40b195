/** What the engine searches for: the anchors of every form, then the clues of context. */
import type { Form } from "../forms/form.ts";
import { FORMS } from "../forms/index.ts";
import { CLUE_PATTERNS } from "../judgement/context.ts";

/** The forms to read with where an anchor occurs. */
export const FORMS_BY_ANCHOR: ReadonlyMap<string, readonly Form[]> = Map.groupBy(
  FORMS.flatMap((form) => [...new Set(form.anchors)].map((anchor) => ({ anchor, form }))),
  ({ anchor }) => anchor,
)
  .entries()
  .reduce(
    (all, [anchor, pairs]) =>
      all.set(
        anchor,
        pairs.map(({ form }) => form),
      ),
    new Map<string, Form[]>(),
  );

export const ANCHORS: readonly string[] = [...FORMS_BY_ANCHOR.keys()];

export const ANCHORS_AND_CLUES: readonly string[] = [...ANCHORS, ...CLUE_PATTERNS.map((clue) => clue.text)];

/** Without one of these a text holds no credential: the anchors, and the word that a legacy key is assigned to. */
export const NECESSARY: readonly string[] = [...ANCHORS, "stripe", "Stripe", "STRIPE"];
