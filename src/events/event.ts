import type { Notice } from "../domain/index.ts";

/** One kind of webhook that the app acts on. */
export interface AppEvent {
  /** Name of the event with its actions, as Probot takes them: `push`, `pull_request.opened`. */
  readonly names: readonly string[];
  /**
   * What a delivery tells the app; empty if there is nothing to do.
   *
   * @param payload the body of the delivery, unchecked
   * @param receivedAt when it arrived, for events that carry no time
   * @throws z.ZodError if a required field is missing
   */
  notices(payload: unknown, receivedAt: Date): Notice[];
}
