import { BASE62, HEXADECIMAL, LOWER } from "../kinds/random.ts";
import type { Random } from "../kinds/random.ts";
import type { Certainty } from "../kinds/kind.ts";

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
  /** Text that holds such a key; where the shape does not tell, beside the vendor's name. */
  readonly example: (random: Random) => string;
}

const SK = "sk_live_";
const UUID = [8, 4, 4, 4, 12];

export const VENDORS: readonly Vendor[] = [
  {
    name: "WorkOS",
    words: ["workos", "WorkOS"],
    shape: /^sk_(?:live|test)_a2V5Xz/,
    yieldsToStripe: false,
    what: "the body is base64 of key_…",
    certainty: "reported",
    example: (random) => `${SK}a2V5Xz${random(BASE62, 69)}`,
  },
  {
    name: "Highnote",
    words: ["highnote", "Highnote"],
    shape: null,
    yieldsToStripe: false,
    what: "the shape of WorkOS's",
    certainty: "reported",
    example: (random) => `HIGHNOTE_KEY=${SK}${random(BASE62, 24)}`,
  },
  {
    name: "Clerk",
    words: ["clerk", "Clerk"],
    shape: /^sk_(?:live|test)_[0-9A-Za-z]{42}$/,
    yieldsToStripe: true,
    what: "42 characters",
    certainty: "reported",
    example: (random) => `CLERK_SECRET_KEY=${SK}${random(BASE62, 42)}`,
  },
  {
    name: "Paystack",
    words: ["paystack", "Paystack"],
    shape: /^sk_(?:live|test)_[0-9a-f]{40}$/,
    yieldsToStripe: false,
    what: "40 hexadecimal digits",
    certainty: "reported",
    example: (random) => `${SK}${random(HEXADECIMAL, 40)}`,
  },
  {
    name: "Paystack",
    words: ["paystack"],
    shape: /^sk_(?:live|test)_[0-9A-Za-z]{40}$/,
    yieldsToStripe: true,
    what: "40 characters",
    certainty: "reported",
    example: (random) => `${SK}${random(BASE62, 40)}`,
  },
  {
    name: "Apideck",
    words: ["apideck", "Apideck"],
    shape: /^sk_live_(?=[0-9A-Za-z]*-)[0-9A-Za-z-]{93}$/,
    yieldsToStripe: false,
    what: "93 characters with hyphens",
    certainty: "reported",
    example: (random) => `${SK}${random(BASE62, 30)}-${random(BASE62, 40)}-${random(BASE62, 21)}`,
  },
  {
    name: "Picatic",
    words: ["picatic", "Picatic"],
    shape: /^sk_live_[0-9a-z]{32}$/,
    yieldsToStripe: false,
    what: "32 lower-case characters",
    certainty: "reported",
    example: (random) => `${SK}${random(LOWER, 32)}`,
  },
  {
    name: "Checkout.com",
    words: ["checkout.com", "ckosdk"],
    shape: /^sk_(?:test_|live_)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
    yieldsToStripe: false,
    what: "a UUID",
    certainty: "documented",
    example: (random) => `sk_test_${UUID.map((length) => random(HEXADECIMAL, length)).join("-")}`,
  },
  {
    name: "Recharge",
    words: ["rechargeapps", "Rechargeapps"],
    shape: /^sk_(?:live|test)_[0-9]+x[0-9]+_[0-9a-f]{64}$/,
    yieldsToStripe: false,
    what: "1x1_ and 64 hexadecimal digits",
    certainty: "documented",
    example: (random) => `sk_test_1x1_${random(HEXADECIMAL, 64)}`,
  },
  {
    name: "PayMongo",
    words: ["paymongo", "PayMongo"],
    shape: null,
    yieldsToStripe: false,
    what: "24 characters, like Stripe's",
    certainty: "reported",
    example: (random) => `PAYMONGO_KEY=${SK}${random(BASE62, 24)}`,
  },
  {
    name: "Moyasar",
    words: ["moyasar", "Moyasar"],
    shape: null,
    yieldsToStripe: false,
    what: "like Stripe's",
    certainty: "reported",
    example: (random) => `MOYASAR_KEY=${SK}${random(BASE62, 24)}`,
  },
  {
    name: "Quickbutik",
    words: ["quickbutik", "Quickbutik"],
    shape: null,
    yieldsToStripe: false,
    what: "like Stripe's",
    certainty: "reported",
    example: (random) => `QUICKBUTIK_KEY=${SK}${random(BASE62, 24)}`,
  },
  {
    name: "Svix",
    words: ["svix", "standardwebhooks", "standard-webhooks"],
    shape: /^whsec_(?=[0-9A-Za-z]*[+/=])(?:[0-9A-Za-z+/]{4})+(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?$/,
    yieldsToStripe: true,
    what: "base64 with +, / or =",
    certainty: "documented",
    example: (random) => `whsec_${random(BASE62, 31)}=`,
  },
];

/** @param credential prefix and the longest run after it of what vendors' keys are made of */
export function vendorOf(credential: string, besideStripe: boolean): Vendor | null {
  return (
    VENDORS.find(
      (vendor) => vendor.shape?.test(credential) === true && !(vendor.yieldsToStripe && besideStripe),
    ) ?? null
  );
}
