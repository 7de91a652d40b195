import type { Job } from "../jobs/index.ts";

/** One kind of webhook that the app acts on. */
export interface AppEvent {
  /** Name of the event with its actions, as Probot takes them: `push`, `pull_request.opened`. */
  readonly names: readonly string[];
  /**
   * The jobs that a delivery asks for; none where there is nothing to do.
   *
   * @param payload the body of the delivery, unchecked
   * @throws z.ZodError where a field that is needed is not there
   */
  jobs(payload: unknown): Job[];
}
