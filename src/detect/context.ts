import type { Context } from "./confidence.ts";

/** The word stripe covers its URLs, SDK and environment variables; the rest are ids and public keys of Stripe's. */
const STRIPE = /stripe|pk_(?:live|test)_[0-9A-Za-z]{10}|\bacct_1[0-9A-Za-z]{15}/i;

/** The context of a whole file. */
export function contextOf(text: string, path: string | null): Context {
  return STRIPE.test(text) || (path !== null && STRIPE.test(path)) ? "stripe" : "alone";
}
