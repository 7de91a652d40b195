/**
 * Other companies whose keys begin like Stripe's, and how to tell each from Stripe's: by a shape that Stripe's keys never
 * have, or by the vendor's name. Every row is data with its certainty and a generated example. `clues.ts` decides what
 * counts as a name, `context.ts` how near it must be.
 */
import { BASE62, HEXADECIMAL, LOWER } from "../kinds/random.ts";
import type { Random } from "../kinds/random.ts";
import type { Context } from "../kinds/confidence.ts";
import type { Certainty } from "../kinds/kind.ts";

/** A company whose keys begin like Stripe's. */
export interface Vendor {
  readonly name: string;
  /**
   * How programs name the vendor. A name in lower case is a brand, found in every case, and counts as a variable, a host or a
   * package; a brand that is a word of English too is given by `exact` alone.
   */
  readonly brands: readonly string[];
  /** Beginnings of variables (`CLERK_SECRET`) and whole hosts and packages (`clerk.com`, `@clerk/`). */
  readonly exact: readonly string[];
  /** The shape of the whole key; null if only the name tells. */
  readonly shape: RegExp | null;
  /**
   * - `shape`: the shape alone tells;
   * - `shape, but Stripe`: unless the text names Stripe;
   * - `name`: only together with the vendor's name.
   */
  readonly toldBy: "shape" | "shape, but Stripe" | "name";
  readonly what: string;
  readonly certainty: Certainty;
  /** Text with such a key; next to the vendor's name, if the shape alone does not tell. */
  readonly example: (random: Random) => string;
}

const SK = "sk_live_";
const UUID = [8, 4, 4, 4, 12];

export const VENDORS: readonly Vendor[] = [
  {
    name: "WorkOS",
    brands: [],
    exact: [],
    shape: /^sk_(?:live|test)_a2V5Xz/,
    toldBy: "shape",
    what: "the body is base64 of key_…",
    certainty: "reported",
    example: (random) => `${SK}a2V5Xz${random(BASE62, 69)}`,
  },
  {
    name: "Highnote",
    brands: [],
    exact: ["HIGHNOTE_"],
    shape: null,
    toldBy: "name",
    what: "the shape of WorkOS's",
    certainty: "reported",
    example: (random) => `HIGHNOTE_KEY=${SK}${random(BASE62, 24)}`,
  },
  {
    name: "Clerk",
    brands: [],
    exact: [
      "CLERK_SECRET",
      "CLERK_API",
      "CLERK_WEBHOOK",
      "CLERK_SIGNING",
      "@clerk/",
      "clerk.com",
      "clerk.dev",
    ],
    shape: /^sk_(?:live|test)_[0-9A-Za-z]{42}$/,
    toldBy: "shape, but Stripe",
    what: "42 characters",
    certainty: "reported",
    example: (random) => `CLERK_SECRET_KEY=${SK}${random(BASE62, 42)}`,
  },
  {
    name: "Paystack",
    brands: ["paystack"],
    exact: [],
    shape: /^sk_(?:live|test)_[0-9a-f]{40}$/,
    toldBy: "shape",
    what: "40 hexadecimal digits",
    certainty: "reported",
    example: (random) => `${SK}${random(HEXADECIMAL, 40)}`,
  },
  {
    name: "Paystack",
    brands: [],
    exact: [],
    shape: /^sk_(?:live|test)_[0-9A-Za-z]{40}$/,
    toldBy: "shape, but Stripe",
    what: "40 characters",
    certainty: "reported",
    example: (random) => `${SK}${random(BASE62, 40)}`,
  },
  {
    name: "Apideck",
    brands: [],
    exact: [],
    shape: /^sk_live_(?=[0-9A-Za-z]*-)[0-9A-Za-z-]{93}$/,
    toldBy: "shape",
    what: "93 characters with hyphens",
    certainty: "reported",
    example: (random) => `${SK}${random(BASE62, 30)}-${random(BASE62, 40)}-${random(BASE62, 21)}`,
  },
  {
    name: "Picatic",
    brands: [],
    exact: [],
    shape: /^sk_live_[0-9a-z]{32}$/,
    toldBy: "shape",
    what: "32 lower-case characters",
    certainty: "reported",
    example: (random) => `${SK}${random(LOWER, 32)}`,
  },
  {
    name: "Checkout.com",
    brands: [],
    exact: [],
    shape: /^sk_(?:test_|live_)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
    toldBy: "shape",
    what: "a UUID",
    certainty: "documented",
    example: (random) => `sk_test_${UUID.map((length) => random(HEXADECIMAL, length)).join("-")}`,
  },
  {
    name: "Recharge",
    brands: [],
    exact: [],
    shape: /^sk_(?:live|test)_[0-9]+x[0-9]+_[0-9a-f]{64}$/,
    toldBy: "shape",
    what: "1x1_ and 64 hexadecimal digits",
    certainty: "documented",
    example: (random) => `sk_test_1x1_${random(HEXADECIMAL, 64)}`,
  },
  {
    name: "PayMongo",
    brands: ["paymongo"],
    exact: [],
    shape: null,
    toldBy: "name",
    what: "24 characters, like Stripe's",
    certainty: "reported",
    example: (random) => `PAYMONGO_KEY=${SK}${random(BASE62, 24)}`,
  },
  {
    name: "Moyasar",
    brands: ["moyasar"],
    exact: [],
    shape: null,
    toldBy: "name",
    what: "like Stripe's",
    certainty: "reported",
    example: (random) => `MOYASAR_KEY=${SK}${random(BASE62, 24)}`,
  },
  {
    name: "Quickbutik",
    brands: ["quickbutik"],
    exact: [],
    shape: null,
    toldBy: "name",
    what: "like Stripe's",
    certainty: "reported",
    example: (random) => `QUICKBUTIK_KEY=${SK}${random(BASE62, 24)}`,
  },
  {
    name: "Svix",
    brands: ["svix", "standardwebhooks"],
    exact: ["standard-webhooks"],
    shape: /^whsec_(?=[0-9A-Za-z]*[+/=])(?:[0-9A-Za-z+/]{4})+(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?$/,
    toldBy: "shape, but Stripe",
    what: "base64 with +, / or =",
    certainty: "documented",
    example: (random) => `whsec_${random(BASE62, 31)}=`,
  },
  byName("Tap", ["TAP_SECRET", "TAP_LIVE", "TAP_TEST", "TAP_API", "tap.company"], [], 24, "TAP_SECRET_KEY"),
  byName("Yoco", [], ["yoco"], 28, "YOCO_SECRET_KEY"),
  byName("Culqi", [], ["culqi"], 16, "CULQI_SECRET_KEY"),
  byName("PayPlug", [], ["payplug"], 22, "PAYPLUG_SECRET_KEY"),
  byName("Pagar.me", [], ["pagarme"], 16, "PAGARME_API_KEY"),
  byName("Knock", ["KNOCK_SECRET", "KNOCK_API", "@knocklabs/"], [], 43, "KNOCK_SECRET_API_KEY"),
  {
    name: "Standard Webhooks",
    brands: [],
    exact: [],
    shape: /^v1,whsec_/,
    toldBy: "shape",
    what: "v1, before it, as Supabase writes it",
    certainty: "documented",
    example: (random) => `SEND_EMAIL_HOOK_SECRET="v1,whsec_${random(BASE62, 32)}"`,
  },
  webhook("Supabase", ["SUPABASE_"]),
  webhook("Resend", ["RESEND_"]),
  webhook("Polar", ["POLAR_", "@polar-sh/"]),
  webhook("Replicate", ["REPLICATE_"]),
  webhook("OpenAI", ["OPENAI_"]),
  webhook("Liveblocks", ["LIVEBLOCKS_", "@liveblocks/"]),
  webhook("Dodo Payments", ["DODO_", "dodopayments"]),
];

/** Distinguished from Stripe's by the length together with the vendor's name. */
function byName(
  name: string,
  exact: readonly string[],
  brands: readonly string[],
  length: number,
  variable: string,
): Vendor {
  return {
    name,
    brands,
    exact,
    shape: new RegExp(`^sk_(?:live|test)_[0-9A-Za-z]{${length}}$`),
    toldBy: "name",
    what: `${length} characters, and its name`,
    certainty: "reported",
    example: (random) => `${variable}=${SK}${random(BASE62, length)}`,
  };
}

/** Signs its webhooks by Standard Webhooks; only the name tells its secrets from Stripe's. */
function webhook(name: string, exact: readonly string[]): Vendor {
  const [variable = ""] = exact;
  return {
    name,
    brands: [],
    exact,
    shape: null,
    toldBy: "name",
    what: "whsec_ and base64, and its name",
    certainty: "reported",
    example: (random) => `${variable}WEBHOOK_SECRET=whsec_${random(BASE62, 32)}`,
  };
}

/**
 * The vendor whose key this is, if its shape tells.
 *
 * @param token three characters before the prefix, prefix, and the longest run after it of what vendors' keys are made of
 * @param prefix the prefix in it
 */
export function vendorOf(token: string, prefix: string, context: Context): Vendor | null {
  const credential = token.slice(token.indexOf(prefix));
  return (
    VENDORS.find(({ shape, toldBy }) => {
      if (shape === null || !(shape.test(credential) || shape.test(token))) return false;
      if (toldBy === "name") return context === "vendor";
      return toldBy === "shape" || (context !== "stripe" && context !== "own");
    }) ?? null
  );
}
