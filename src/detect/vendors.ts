import type { Certainty } from "./kinds/kind.ts";

/** Somebody else whose keys begin like Stripe's. */
export interface Vendor {
  readonly name: string;
  /** Words that name the vendor in text or in a path, as they are written in lower case and otherwise. */
  readonly words: readonly string[];
  /** The shape of the whole key; null where only the words tell. */
  readonly shape: RegExp | null;
  /** The shape alone does not tell where the text beside the key names Stripe. */
  readonly yieldsToStripe: boolean;
  readonly what: string;
  readonly certainty: Certainty;
}

export const VENDORS: readonly Vendor[] = [
  vendor(
    "WorkOS",
    ["workos", "WorkOS"],
    /^sk_(?:live|test)_a2V5Xz/,
    false,
    "body is base64 of key_…",
    "reported",
  ),
  vendor("Highnote", ["highnote"], null, false, "the shape of WorkOS", "reported"),
  vendor("Clerk", ["clerk"], /^sk_(?:live|test)_[0-9A-Za-z]{42}$/, true, "42 characters", "reported"),
  vendor(
    "Paystack",
    ["paystack"],
    /^sk_(?:live|test)_[0-9a-f]{40}$/,
    false,
    "40 hexadecimal digits",
    "documented",
  ),
  vendor("Paystack", [], /^sk_(?:live|test)_[0-9A-Za-z]{40}$/, true, "40 characters", "reported"),
  vendor(
    "Apideck",
    ["apideck"],
    /^sk_live_(?=[^-]*-)[0-9A-Za-z-]{93}$/,
    false,
    "93 characters with hyphens",
    "reported",
  ),
  vendor("Picatic", ["picatic"], /^sk_live_[0-9a-z]{32}$/, false, "32 lower-case characters", "reported"),
  vendor(
    "Checkout.com",
    ["checkout.com", "ckosdk"],
    /^sk_(?:test_|live_)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
    false,
    "a UUID",
    "documented",
  ),
  vendor(
    "Recharge",
    ["rechargeapps"],
    /^sk_(?:live|test)_\d+x\d+_[0-9a-f]{64}$/,
    false,
    "1x1_ and 64 digits",
    "documented",
  ),
  vendor("PayMongo", ["paymongo", "PayMongo"], null, false, "24 characters like Stripe's", "documented"),
  vendor("Moyasar", ["moyasar"], null, false, "like Stripe's", "documented"),
  vendor("Quickbutik", ["quickbutik"], null, false, "like Stripe's", "reported"),
  vendor(
    "Svix",
    ["svix", "standardwebhooks", "standard-webhooks"],
    /^whsec_(?=[0-9A-Za-z]*[+/=])(?:[0-9A-Za-z+/]{4})+(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?$/,
    true,
    "base64 with + / or =",
    "documented",
  ),
];

/** @param credential prefix and the longest run after it of what vendors' keys are made of */
export function vendorOf(credential: string, besideStripe: boolean): Vendor | null {
  return (
    VENDORS.find(
      (vendor) => vendor.shape?.test(credential) === true && !(vendor.yieldsToStripe && besideStripe),
    ) ?? null
  );
}

function vendor(
  name: string,
  words: readonly string[],
  shape: RegExp | null,
  yieldsToStripe: boolean,
  what: string,
  certainty: Certainty,
): Vendor {
  return { name, words, shape, yieldsToStripe, what, certainty };
}
