import type { Finding } from "../../domain/index.ts";
import { adviceFor } from "./advice.ts";
import { link } from "../markdown.ts";

type Subject = Pick<Finding, "kind" | "mode" | "account">;

/** How one kind of credential is ended, for the person who does it. Markdown without anything of a repository. */
export interface Rolling {
  /** The page on which it is done. */
  readonly url: string;
  /** What the page is called in a link: `API keys of acct_…`. */
  readonly page: string;
  /** The one action, in a table cell: `Roll it`. */
  readonly verb: string;
  /** What to do there, as one sentence to follow its link. */
  readonly how: string;
  /** In order; each is one task. */
  readonly steps: readonly string[];
  /** What somebody who has it can do. */
  readonly danger: string;
}

const DEPLOY = "Put the new one into your secret manager, deploy it, and see a request succeed with it";
const REVIEW_LOGS =
  "Look through what the old key was used for: overflow menu → **View request logs**. Watch for calls, IP addresses and payouts that are not yours";

/** Sources: docs/stripe-keys.md, "Rolling a key"; where Stripe documents no way, the step says whom to ask. */
export function rollingOf(subject: Subject): Rolling {
  const { url } = adviceFor(subject);
  switch (subject.kind) {
    case "secret_key":
    case "legacy_key":
      return keyRolling(
        subject,
        url,
        "Whoever has the key can read customers, charge cards, refund and pay out.",
      );
    case "restricted_key":
      return keyRolling(subject, url, "Whoever has the key can do everything that its permissions allow.");
    case "sandbox_key":
      return keyRolling(subject, url, "The key opens a sandbox, not live data.");
    case "organization_key":
      return {
        ...keyRolling(subject, url, "The key opens every account of the organization."),
        page: "organization API keys",
      };
    case "webhook_secret":
      return {
        url,
        page: "webhook endpoints",
        verb: "Roll it",
        how: "Choose the endpoint, open its overflow menu, choose **Roll secret**, and let the old one end at once.",
        danger:
          "Whoever has the secret can forge events that your endpoint takes for Stripe's: a payment that never was.",
        steps: [
          `Open the ${link("webhook endpoints", url)} and choose the endpoint that this secret belongs to`,
          "Overflow menu → **Roll secret**. Let the old one end now; a delay of up to 24 hours keeps both valid",
          "Put the new one into your secret manager, deploy it, and see an event arrive that verifies",
          "Look through the events that the endpoint acted on since the leak, and compare them with the Dashboard",
        ],
      };
    case "cli_token":
      return {
        url,
        page: "Stripe support",
        verb: "End it",
        how: "Run `stripe logout --all` on the machine that it is from, then ask Stripe support to revoke the token.",
        danger: "Whoever has the token can use the API as the person whose Stripe CLI it is from.",
        steps: [
          "On the machine that it is from, run `stripe logout --all`, then `stripe login`",
          `Ask ${link("Stripe support", url)} to revoke the old token: signing out is not documented to end it`,
          "Look through the account's request logs for calls that are not yours",
        ],
      };
    case "connect_token":
      return {
        url,
        page: "Connect OAuth",
        verb: "Revoke it",
        how: "Disconnect the account from the platform, then connect it again.",
        danger: "Together with the platform's key, the token opens the connected account.",
        steps: [
          `Revoke the platform's access to the connected account (${link("deauthorize", url)})`,
          "Let the account connect again; it gets new tokens. Keep them outside the repository",
          "Roll the platform's secret key too if it stood in the same place",
        ],
      };
    case "app_secret":
      return {
        url,
        page: "Stripe Apps",
        verb: "Replace it",
        how: "Replace the signing secret of the app.",
        danger: "Whoever has the secret can forge requests that your backend takes for your Stripe App's.",
        steps: [
          `Replace the signing secret on the app's page of the Dashboard (${link("Stripe Apps", url)}); where it offers no way, ask Stripe support`,
          "Put the new one into your secret manager, deploy it, and see a request verify with it",
        ],
      };
    case "ephemeral_key":
      return {
        url,
        page: "Stripe keys",
        verb: "Let it expire",
        how: "It ends by itself soon; keep its successors out of files and logs.",
        danger: "The key opens one customer's or reader's objects for a short time.",
        steps: ["Find out what wrote it down, and stop that"],
      };
  }
}

function keyRolling({ mode, account, kind }: Subject, url: string, danger: string): Rolling {
  const test = mode === "test" || kind === "sandbox_key";
  const page = `${test ? "test " : ""}API keys${account === null ? "" : ` of ${account}`}`;
  return {
    url,
    page,
    verb: "Roll it",
    how: "Open the overflow menu of the key, choose **Rotate key**, and as its expiration **Now**.",
    danger,
    steps: [
      `Open the ${link(page, url)} and find the key by its last four characters`,
      "Overflow menu → **Rotate key** (older screens: **Roll key**), expiration **Now**: the leaked key ends at once. A later time keeps both valid while deployments switch over",
      "No longer needed? **Expire key** ends it without a replacement. A key that an integration manages is ended there, or by removing the integration",
      DEPLOY,
      REVIEW_LOGS,
      "Make the next one narrow: a restricted key with the fewest permissions, **Manage IP restrictions**, one key for each environment",
    ],
  };
}
