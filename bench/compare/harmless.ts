/**
 * Files that hold no leaked Stripe credential but look like it, one row each: other vendors' keys, samples, placeholders,
 * publishable keys, ids. A scanner that calls one a Stripe key raises a false alarm.
 */
import { Buffer } from "node:buffer";
import { BASE64, bodyOf, HEX, LOWER } from "../../fixtures/keys.ts";
import type { Random } from "../../fixtures/keys.ts";

/** Something that is no leaked Stripe credential. `write` gives a file that holds one. */
export interface Harmless {
  readonly group: "Other vendors" | "No leak";
  readonly name: string;
  readonly file: string;
  readonly write: (random: Random) => string;
}

const live = (random: Random): string => random.pick(["sk_live_", "sk_test_"]);

function uuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((length) => random.text(length, HEX)).join("-");
}

/** Bodies that Stripe's own documentation and libraries print (docs/stripe-keys.md, "Samples"). */
const SAMPLES = [
  "4eC39HqLyjWDarjtT1zdp7dc",
  "BQokikJOvBiI2HlWgH4olfQ2",
  "tR3PYbcVNZZ796tH88S4VQ2u",
  "26PHem9AhJZvU623DfE1x4sd",
] as const;

/**
 * The shapes are those of docs/stripe-keys.md ("Look-alikes"), each with its source there; the vendor's name stands
 * beside the key, as it does in real code. PayMongo and Moyasar document no length: 24 is the hardest one, for only the
 * vendor's name then tells their keys from Stripe's.
 */
export const HARMLESS: readonly Harmless[] = [
  vendor("Paystack", ".env", (random) => `PAYSTACK_SECRET_KEY=${live(random)}${random.text(40, HEX)}\n`),
  vendor(
    "WorkOS",
    ".env",
    (random) =>
      `WORKOS_API_KEY=${live(random)}${Buffer.from(
        `key_01${random.text(24).toUpperCase()},${random.text(25)}`,
      )
        .toString("base64")
        .slice(0, 75)}\n`,
  ),
  vendor("Clerk", ".env", (random) => `CLERK_SECRET_KEY=${live(random)}${random.text(42)}\n`),
  vendor(
    "Apideck",
    "config.yml",
    (random) =>
      `apideck:\n  api_key: sk_live_${random.text(8, LOWER)}-${random.text(4, LOWER)}-${random.text(79)}\n`,
  ),
  vendor("Picatic", "picatic.js", (random) => `Picatic.key = "sk_live_${random.text(32, LOWER)}";\n`),
  vendor("Checkout.com", ".env", (random) => `CHECKOUT_SECRET_KEY=sk_test_${uuid(random)}\n`),
  vendor("Recharge", ".env", (random) => `RECHARGE_TOKEN=sk_test_1x1_${random.text(64, HEX)}\n`),
  vendor(
    "PayMongo",
    "paymongo.ts",
    (random) => `// https://api.paymongo.com/v1\nconst paymongoKey = "${live(random)}${random.text(24)}";\n`,
  ),
  vendor(
    "Moyasar",
    "moyasar.ts",
    (random) => `Moyasar.init({ apiKey: "${live(random)}${random.text(24)}" });\n`,
  ),
  vendor("Svix", ".env", (random) => `SVIX_SECRET=whsec_${random.text(32, BASE64)}\n`),
  vendor(
    "Standard Webhooks",
    "hook.py",
    (random) => `from standardwebhooks import Webhook\nwh = Webhook("whsec_${random.text(43, BASE64)}=")\n`,
  ),
  vendor("Razorpay", ".env", (random) => `RAZORPAY_KEY_ID=rzp_live_${random.text(14)}\n`),
  vendor("Flutterwave", ".env", (random) => `FLW_SECRET_KEY=FLWSECK_TEST-${random.text(32, HEX)}-X\n`),
  vendor(
    "Supabase",
    ".env",
    (random) => `SUPABASE_SECRET_KEY=sb_secret_${random.text(22)}_${random.text(8)}\n`,
  ),
  vendor("Yoco", ".env", (random) => `YOCO_SECRET_KEY=${live(random)}${random.text(28)}\n`),
  vendor("PayPlug", ".env", (random) => `PAYPLUG_SECRET_KEY=${live(random)}${random.text(22)}\n`),
  vendor("Pagar.me", ".env", (random) => `PAGARME_API_KEY=sk_${random.text(16)}\n`),
  vendor("Knock", ".env", (random) => `KNOCK_API_KEY=sk_test_${random.text(43)}\n`),
  vendor(
    "Resend, with Stripe on the next line",
    ".env",
    (random) => `RESEND_WEBHOOK_SECRET=whsec_${random.text(32, BASE64)}\nSTRIPE_CURRENCY=eur\n`,
  ),
  vendor("Polar", ".env", (random) => `POLAR_WEBHOOK_SECRET=whsec_${random.text(44, BASE64)}\n`),
  harmless(
    "publishable key",
    "page.html",
    (random) => `<script>Stripe("pk_live_${bodyOf(99, random)}")</script>\n`,
  ),
  harmless(
    "documentation sample",
    "README.md",
    (random) => `stripe.api_key = "sk_test_${random.pick(SAMPLES)}"\n`,
  ),
  harmless(
    "placeholder words",
    ".env.example",
    (random) =>
      `STRIPE_SECRET_KEY=sk_live_${random.pick(["your_stripe_secret_key_here", "replace_me_with_your_key", "xxxxxxxxxxxxxxxxxxxxxxxx", "...", "yourSecretKeyGoesRightHere"])}\n`,
  ),
  harmless(
    "placeholder runs",
    ".env.example",
    (random) =>
      `STRIPE_SECRET_KEY=sk_test_${random.pick(["123456789012345678901234", "abcdefghijklmnopqrstuvwx", "000000000000000000000000", "1234567890abcdef12345678"])}\n`,
  ),
  harmless(
    "masked key",
    "config.toml",
    (random) => `live_mode_api_key = "rk_live_${"*".repeat(24)}${random.text(4)}"\n`,
  ),
  harmless(
    "regular expression",
    "rules.ts",
    () => `export const stripeKey = /(?:sk|rk)_live_[0-9a-zA-Z]{24,99}/;\n`,
  ),
  harmless(
    "client secret",
    "log.txt",
    (random) => `stripe client_secret pi_3${random.text(23)}_secret_${random.text(25)}\n`,
  ),
  harmless(
    "object ids",
    "log.txt",
    (random) => `stripe acct_1${random.text(15)} price_1${random.text(23)} cus_${random.text(14)}\n`,
  ),
  harmless(
    "identifier",
    "jobs.py",
    (random) =>
      `def task_live_${random.text(24, "abcdefghijklmnopqrstuvwxyz")}(): disk_test_${random.text(16, "abcdefghijklmnopqrstuvwxyz_")}()\n`,
  ),
  harmless(
    "read from the environment",
    "pay.js",
    () => `const stripe = require("stripe")(process.env.STRIPE_SECRET_KEY); // sk_live_ in production\n`,
  ),
];

function vendor(name: string, file: string, write: (random: Random) => string): Harmless {
  return { group: "Other vendors", name, file, write };
}

function harmless(name: string, file: string, write: (random: Random) => string): Harmless {
  return { group: "No leak", name, file, write };
}
