/**
 * The day of this version of the detector, against which an account's creation is judged to lie in the past when
 * the caller gives no clock. This room reads none, so the same text gives the same answer.
 */
export const VERSION_DATE = "2026-11-22";
