/**
 * The day of this version of the detector. If the caller gives no time, an account must have been created before it. The
 * detector reads no clock, so the same text gives the same answer.
 */
export const VERSION_DATE = "2026-11-22";
