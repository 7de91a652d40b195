/** A stand-in for Stripe's API on this machine, with every answer that a request about a key can get. */
export { startLocalStripe } from "./local-stripe.ts";
export type { Fault, KeyState, LocalStripe, StripeRequest } from "./local-stripe.ts";
