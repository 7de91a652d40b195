/** What policy needs to know of a leak on record. */
import type { LeakState } from "../domain/index.ts";
import type { Leak } from "../store/index.ts";

/** A leak as policy judges it. */
export function stateOf(leak: Leak): LeakState {
  const { state, stateActor: actor, stateHow: how, stateAt: at, issueNumber: number, issueUrl: url } = leak;
  return {
    state,
    cleared: state === "open" || how === null || at === null ? null : { actor, how, at },
    issue: number === null || url === null ? null : { number, url },
  };
}
