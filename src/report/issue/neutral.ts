/**
 * The one issue of a public repository. Its text depends on nothing that was found: no key, place, commit, person, number
 * or age. Everybody can read it, so it says only what every maintainer may be told in public.
 */
import { blocks, link } from "../markdown.ts";
import type { IssueReport, NeutralIssueInput } from "./issue.ts";
import { neutralPartsOf, withNeutralSection } from "./own-section.ts";

/**
 * Titles that name neither Stripe nor a key, so a search for such words finds none of these issues. The marker chooses one,
 * so there is no common sentence to search for either. They are ordinary words that many issues have.
 */
const STARTS = [
  "For the maintainers",
  "Maintainers, please read",
  "To do for the maintainers",
  "A request to the maintainers",
  "Needs a maintainer",
  "Attention needed",
  "Please take a look",
  "Housekeeping",
];
const ENDS = [
  "payment settings",
  "check the payment set-up",
  "a task for this repository",
  "renew the payment configuration",
  "review how payments are set up",
  "configuration to renew",
  "steps for whoever runs payments",
  "update of the payment settings",
];

/** Pure: the same marker gives the same text. */
export function renderNeutralIssue({ marker, labels, previousBody }: NeutralIssueInput): IssueReport {
  const parts = neutralPartsOf(previousBody, marker);
  return { title: neutralTitle(marker), body: withNeutralSection(parts, marker, SECTION), labels };
}

function neutralTitle(marker: string): string {
  const start = Number.parseInt(marker.slice(0, 4), 16) % STARTS.length;
  const end = Number.parseInt(marker.slice(4, 8), 16) % ENDS.length;
  return `${STARTS[start] ?? STARTS[0]}: ${ENDS[end] ?? ENDS[0]}`;
}

const SECTION = blocks(
  "**Roll every live Stripe key that this repository has used.** Do it now, whether or not you know of a problem with one of them.",
  [
    `1. Open the ${link("API keys", "https://dashboard.stripe.com/apikeys")} of each Stripe account that this repository uses.`,
    "2. For each live key, open its overflow menu, choose **Rotate key** (older screens: **Roll key**) and set the expiration to **Now**. Choose **Expire key** for a key that you no longer need.",
    `3. For each of the ${link("webhook endpoints", "https://dashboard.stripe.com/webhooks")}, open its overflow menu and choose **Roll secret**.`,
    "4. Copy the new keys into your secret manager and deploy them. `Invalid API Key` in a log shows what still uses an old one.",
    "5. In each key's overflow menu, choose **View request logs**, and look for calls, IP addresses and payouts that are not yours.",
  ].join("\n"),
  "Never paste a key into this issue, a chat, an email or a support form: Stripe never asks for it.",
  "### Where are the details?",
  "This issue is public, so it gives none, and it says the same in every repository. If the owner of this repository named a private repository for details, they are there. If not, name one: `issues: repository: OWNER/NAME` in `.github/rollcall.yml` of the owner's `.github` repository. It must be private, of the same owner, and have the app installed.",
  "### How to close this issue",
  "Close it as completed once every live key is rolled. If a commit or a pull request closes it, nothing has been rolled.",
);
