/** Asks Stripe whether a key still works: one request, which changes nothing and returns no customer data. */
export { createStripe, isLoopback } from "./stripe.ts";
export type { Stripe, StripeOptions } from "./stripe.ts";
