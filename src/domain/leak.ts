/** What became of a leak. Only `open` counts. */
export const LEAK_STATES = ["open", "rolled", "dismissed"] as const;

/** What the record says of one credential of this repository. */
export interface LeakState {
  readonly state: (typeof LEAK_STATES)[number];
  /** Its remediation issue, where one was filed. */
  readonly issue: { readonly number: number; readonly url: string } | null;
}
