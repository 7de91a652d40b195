import type { Kind } from "../../domain/index.ts";
import { link } from "../markdown.ts";
import type { Advice } from "./advice.ts";

/**
 * What an issue tells someone who has never ended a leaked credential: what to do, what to look for, how to prevent the
 * next one. Markdown without any text of a repository. Sources: docs/stripe-keys.md, "Rolling".
 */
export interface IssueSteps {
  /** In order; each is one task to tick. */
  readonly tasks: readonly string[];
  /** When to do something else instead, one full sentence each. */
  readonly exceptions: readonly string[];
  /** Signs of misuse, one list item each. */
  readonly misuse: readonly string[];
  /** How to prevent the next leak, one list item each. */
  readonly prevention: readonly string[];
}

type Where = Pick<Advice, "page" | "url">;

const SECRET_MANAGER = "Keep secrets in a secret manager, not in files, and audit who can read them.";
const ENVIRONMENTS = "Use a separate secret for each environment.";

const KEY_MISUSE = [
  "Open the key's overflow menu and choose **View request logs**.",
  "Look for calls, IP addresses and payouts that are not yours.",
];

const IP_RESTRICTIONS = "If your servers have fixed IP addresses, choose **Manage IP restrictions** for it.";

const KEY_PREVENTION = [
  SECRET_MANAGER,
  `Use a restricted key with only the permissions this service needs. ${IP_RESTRICTIONS}`,
  "Use a separate key for each environment. For development, use sandbox keys, never a restricted live key.",
  "Never put a secret key into a web page, a desktop app or a mobile app: everyone who has the app can read it.",
  "Make sure that everyone who handles keys knows these rules.",
];

function keySteps({ page, url }: Where): IssueSteps {
  return {
    tasks: [
      `Open the ${link(page, url)} and find the key by its last four characters.`,
      "In its overflow menu, choose **Rotate key** (older screens: **Roll key**) and set the expiration to **Now**. With any later time, the leaked key keeps working until then.",
      "Copy the new key into your secret manager and deploy it.",
      "Check that requests succeed with the new key. `Invalid API Key` in a log shows what still uses the old one.",
    ],
    exceptions: [
      "If you no longer need the key, choose **Expire key** instead of **Rotate key**.",
      "If an integration manages the key, expire it there or remove the integration.",
    ],
    misuse: KEY_MISUSE,
    prevention: KEY_PREVENTION,
  };
}

const STEPS: Readonly<Record<Kind, (where: Where) => IssueSteps>> = {
  secret_key: keySteps,
  restricted_key: (where) => {
    const steps = keySteps(where);
    const [, , ...others] = steps.prevention;
    const narrow = `Give the new key only the permissions this service needs. ${IP_RESTRICTIONS}`;
    return { ...steps, prevention: [SECRET_MANAGER, narrow, ...others] };
  },
  organization_key: (where) => {
    const steps = keySteps(where);
    const everywhere = "The key works on every account of the organization, so look at each of them.";
    return { ...steps, misuse: [...steps.misuse, everywhere] };
  },
  legacy_key: keySteps,
  sandbox_key: keySteps,
  webhook_secret: ({ page, url }) => ({
    tasks: [
      `Open the ${link(page, url)} and choose the endpoint this secret belongs to.`,
      "In the endpoint's overflow menu, choose **Roll secret** and let the old secret expire at once. Stripe also offers a delay of up to 24 hours, but until it ends the leaked secret keeps working.",
      "Copy the new secret into your secret manager and deploy it.",
      "Check that your endpoint accepts the next event.",
    ],
    exceptions: [],
    misuse: [
      "Look through the events your endpoint acted on since the leak, and compare them with the events in the Stripe Dashboard.",
    ],
    prevention: [SECRET_MANAGER, "Use a separate endpoint and secret for each environment."],
  }),
  cli_token: ({ page, url }) => ({
    tasks: [
      "On the machine it came from, run `stripe logout --all`, then `stripe login`.",
      `Ask ${link(page, url)} to revoke the old token: Stripe does not document that logging out ends it.`,
    ],
    exceptions: [],
    misuse: ["Look in the account's request logs for calls and IP addresses that are not yours."],
    prevention: [
      "Keep the Stripe CLI's configuration out of repositories, images and backups.",
      "On servers and in pipelines, use a restricted key instead of a Stripe CLI login.",
    ],
  }),
  connect_token: ({ page, url }) => ({
    tasks: [
      `Deauthorize the connected account from your platform (${link(page, url)}).`,
      "Have the account connect again, which gives you new tokens. Keep them out of the repository.",
      "If your platform's secret key was in the same place, roll it too.",
    ],
    exceptions: [],
    misuse: ["Look in the connected account's request logs for calls that are not yours."],
    prevention: [SECRET_MANAGER, ENVIRONMENTS],
  }),
  app_secret: ({ page, url }) => ({
    tasks: [
      `Replace the signing secret on your app's page in the Stripe Dashboard (${link(page, url)}). If the page offers no way to do so, ask Stripe support.`,
      "Copy the new secret into your secret manager and deploy it.",
      "Check that your backend accepts the next request from your app.",
    ],
    exceptions: [],
    misuse: ["Look through the requests your backend accepted since the leak."],
    prevention: [SECRET_MANAGER, ENVIRONMENTS],
  }),
  ephemeral_key: () => ({
    tasks: ["Find out what wrote the key to a file or a log, and stop that."],
    exceptions: [],
    misuse: ["Look in the account's request logs for calls that are not yours."],
    prevention: ["Keep short-lived keys out of files and logs."],
  }),
};

export function issueStepsFor(kind: Kind, where: Where): IssueSteps {
  return STEPS[kind](where);
}
