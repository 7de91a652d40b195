/**
 * The buttons of a check run: which of them are shown, and what a click did. GitHub shows them to everyone who can write,
 * and has no answer to a click, so the summary says what became of it.
 */
import { BUTTONS } from "../../domain/index.ts";
import type { Button, ButtonAnswer } from "../../domain/index.ts";
import { blocks, code, prose } from "../markdown.ts";
import { timeText } from "../words/activity.ts";
import { ACTIONS } from "./check-run.ts";
import type { CheckAction, CheckRunInput } from "./check-run.ts";

/** The buttons that would do something. */
export function actionsOf({ verdict, notes }: CheckRunInput): readonly CheckAction[] {
  const works: Readonly<Record<Button, boolean>> = {
    accept_unread: notes?.canAcceptUnread === true,
    recheck: verdict.judged.some(
      ({ disposition, opensIssue }) => disposition === "rolled" || (disposition === "leak" && opensIssue),
    ),
    ignore_test_keys: verdict.judged.some(
      ({ disposition, effect, finding }) =>
        disposition === "leak" && finding.mode === "test" && effect !== "none",
    ),
  };
  return BUTTONS.filter((button) => works[button]).map((button) => ACTIONS[button]);
}

/** What the last clicks did; null where nothing is to be said. */
export function clicksSection({ notes }: CheckRunInput): string | null {
  const lines = (notes?.buttons ?? []).map(lineOf).filter((line) => line !== null);
  return lines.length === 0 ? null : blocks("### Buttons", lines.map((line) => `- ${line}`).join("\n"));
}

function lineOf({ button, login, result, role, at }: ButtonAnswer): string | null {
  const { label } = ACTIONS[button];
  const clicked = `${prose(login)} clicked **${label}** on ${timeText(at)}`;
  switch (result) {
    case "no_role":
      return `${clicked}, but nothing was changed: it needs the role ${code(role)} or above in this repository. Ask a person who has it.`;
    case "nothing":
      return `${clicked}, but there was nothing to do: ${NOTHING[button]}.`;
    case "done":
      // What was accepted or ignored is listed by itself.
      return button === "recheck" ? `${clicked}: Rollcall looked again at the state of each key.` : null;
  }
}

const NOTHING: Readonly<Record<Button, string>> = {
  accept_unread: "a re-run may still read what is missing",
  recheck: "this commit has no key with a state",
  ignore_test_keys: "this commit has no test key that counts",
};
