import type { Finding, Kind } from "../../domain/index.ts";

/**
 * How one kind of credential is ended. Markdown without any text of a repository; `plainText` makes it plain.
 * Sources: docs/stripe-keys.md, "Rolling". Where Stripe documents no way, the sentence says whom to ask.
 */
export interface Remedy {
  /** What a reader calls it: `key`, `token`. */
  readonly noun: string;
  /** How it is ended: `Roll`. */
  readonly verb: "Roll" | "Revoke" | "Replace";
  /** One or two full sentences: where to click. */
  readonly how: string;
  /** One full sentence: how to find out whether it is the reader's own. */
  readonly tell: string;
  /** One full sentence: what anyone who has it can do. */
  readonly danger: string;
  /** Name of the page that `urlOf` opens. */
  readonly page: string;
  readonly urlOf: (finding: Pick<Finding, "mode" | "account">) => string;
}

const DASHBOARD = "https://dashboard.stripe.com";

const KEY: Omit<Remedy, "danger"> = {
  noun: "key",
  verb: "Roll",
  how: "In the key's overflow menu, choose **Rotate key** and set its expiration to **Now**.",
  tell: "Compare its last four characters with your keys in the Stripe Dashboard.",
  page: "API keys",
  urlOf: ({ mode, account }) =>
    `${DASHBOARD}${account === null ? "" : `/${account}`}${mode === "test" ? "/test" : ""}/apikeys`,
};

const SECRET_KEY: Remedy = {
  ...KEY,
  danger: "Anyone who has this key can read customer data, charge cards, issue refunds and pay out money.",
};

export const REMEDIES: Readonly<Record<Kind, Remedy>> = {
  secret_key: SECRET_KEY,
  legacy_key: SECRET_KEY,
  restricted_key: { ...KEY, danger: "Anyone who has this key can do everything its permissions allow." },
  organization_key: {
    ...KEY,
    page: "organization API keys",
    urlOf: () => `${DASHBOARD}/org/api-keys/secret`,
    danger: "Anyone who has this key can act on every account of the organization.",
  },
  sandbox_key: {
    ...KEY,
    tell: "Compare its last four characters with the keys of your sandboxes.",
    page: "Stripe documentation on keys",
    urlOf: () => "https://docs.stripe.com/keys",
    danger: "This key opens a sandbox, not live data.",
  },
  webhook_secret: {
    noun: "signing secret",
    verb: "Roll",
    how: "Choose the endpoint, open its overflow menu, choose **Roll secret** and let the old secret expire at once.",
    tell: "Compare it with the signing secrets of your endpoints.",
    danger:
      "Anyone who has this secret can send your endpoint forged events, such as a payment that never happened.",
    page: "webhook endpoints",
    urlOf: () => `${DASHBOARD}/webhooks`,
  },
  cli_token: {
    noun: "token",
    verb: "Revoke",
    how: "Run `stripe logout --all` on the machine it came from, then ask Stripe support to revoke the token.",
    tell: "Ask whoever wrote it whether it comes from a Stripe CLI login.",
    danger: "Anyone who has this token can use the API as the person whose Stripe CLI it came from.",
    page: "Stripe support",
    urlOf: () => "https://support.stripe.com/contact",
  },
  connect_token: {
    noun: "token",
    verb: "Revoke",
    how: "Deauthorize the connected account from your platform, then have it connect again.",
    tell: "Ask whoever wrote it whether it comes from Stripe Connect.",
    danger: "Together with your platform's secret key, this token opens the connected account.",
    page: "how to deauthorize an account",
    urlOf: () => "https://docs.stripe.com/connect/oauth-reference",
  },
  app_secret: {
    noun: "signing secret",
    verb: "Replace",
    how: "Open your app's page in the Stripe Dashboard and replace the secret there. If the page offers no way to do so, ask Stripe support.",
    tell: "Compare it with the signing secrets of your Stripe Apps.",
    danger: "Anyone who has this secret can send your backend forged requests in your Stripe App's name.",
    page: "Stripe Apps",
    urlOf: () => "https://docs.stripe.com/stripe-apps",
  },
  ephemeral_key: {
    noun: "key",
    verb: "Replace",
    how: "It expires on its own. Find out what wrote it to a file or a log, and stop that.",
    tell: "Ask whoever wrote it where it comes from.",
    danger: "For a short time, anyone who has this key can reach one customer's data or one card reader.",
    page: "Stripe documentation on keys",
    urlOf: () => "https://docs.stripe.com/keys",
  },
};

export const VERB_FORMS: Readonly<
  Record<Remedy["verb"], { readonly past: string; readonly gerund: string }>
> = {
  Roll: { past: "rolled", gerund: "rolling" },
  Revoke: { past: "revoked", gerund: "revoking" },
  Replace: { past: "replaced", gerund: "replacing" },
};

/** `rolled`: what a credential of this kind is once its leak has ended. */
export function endedWord(kind: Kind): string {
  return VERB_FORMS[REMEDIES[kind].verb].past;
}
