/**
 * The story of the demo: one chapter for each promise worth seeing, with the verdict that it must get. A test runs it and
 * fails on any other verdict. Keys are generated, so the repository holds none.
 */
import { createHash } from "node:crypto";
import { keyOf } from "../fixtures/keys.ts";
import type { Story } from "./chapter.ts";

const ROLLCALL = "rollcall[bot]";

/** Generated, the same in each run; no account ever had them. */
const LIVE = keyOf("sk_live_", "demo: in the code");
const TEST = keyOf("sk_test_", "demo: in a test");
const RESTRICTED = keyOf("rk_live_", "demo: added and removed");
const PASTED = keyOf("sk_live_", "demo: in a commit message");
const MERGED = keyOf("sk_live_", "demo: in a merge");
const FORKED = keyOf("sk_live_", "demo: in a fork");
/** In a commit from long before the installation. */
export const PAST_KEY = keyOf("sk_live_", "demo: in the history");
/** Paystack's keys have the prefix of Stripe's and 40 hexadecimal digits. */
const PAYSTACK = `sk_live_${createHash("sha1").update("demo: another vendor").digest("hex")}`;

/** Every credential that the story writes anywhere. Nothing may show any of them. */
export const KEYS: readonly string[] = [LIVE, TEST, RESTRICTED, PASTED, MERGED, FORKED, PAST_KEY, PAYSTACK];

/** Those that Stripe's stand-in knows: they work until they are rolled. */
export const WORKING_KEYS: readonly string[] = [LIVE, TEST, RESTRICTED, PASTED, MERGED, FORKED, PAST_KEY];

export const STORY: Story = [
  {
    id: "clean",
    title: "A clean push",
    by: "ann",
    intro: "Ann starts the shop. Its Stripe key is read from the environment.",
    steps: [
      {
        kind: "commit",
        message: "Begin the shop",
        files: {
          "README.md": "# Shop\n\nSells socks.\n",
          ".env.example": "STRIPE_SECRET_KEY=\n",
          "src/pay.ts": payModule("process.env.STRIPE_SECRET_KEY"),
        },
      },
      { kind: "push", branch: "main" },
    ],
    expected: { conclusion: "success", annotations: 0, openIssues: 0 },
    because: "Rollcall read every changed file and the commit message, and found no key.",
  },
  {
    id: "leak",
    title: "A live key in the code",
    by: "ann",
    intro: "Payments fail in the evening, so Ann replaces the variable with the live key and pushes.",
    steps: [
      {
        kind: "commit",
        message: "Make payments work",
        files: { "src/pay.ts": payModule(`"${LIVE}"`) },
      },
      { kind: "push", branch: "main" },
    ],
    expected: { conclusion: "failure", annotations: 1, openIssues: 1 },
    because: "The check fails and marks the line that holds the key, and an issue explains how to roll it.",
  },
  {
    id: "removed",
    title: "The key is removed again",
    by: "ann",
    intro: "Ann sees the red check and puts the variable back.",
    steps: [
      {
        kind: "commit",
        message: "Read the key from the environment",
        files: { "src/pay.ts": payModule("process.env.STRIPE_SECRET_KEY") },
      },
      { kind: "push", branch: "main" },
    ],
    expected: { conclusion: "success", annotations: 0, openIssues: 1 },
    because:
      "The new commit adds no key, so its check is green. The issue stays open: anyone who fetched the previous commit has the key, which works until it is rolled at Stripe.",
  },
  {
    id: "test-key",
    title: "A test key",
    by: "ann",
    intro: "Ann writes a test that contains a key of Stripe's test mode.",
    steps: [
      {
        kind: "commit",
        message: "Test the payments",
        files: {
          "test/pay.test.ts": `import Stripe from "stripe";\n\nconst stripe = new Stripe("${TEST}");\n\ntest("a charge succeeds", async () => {\n  await charge(stripe, 500);\n});\n`,
        },
      },
      { kind: "push", branch: "main" },
    ],
    expected: { conclusion: "neutral", annotations: 1, openIssues: 1 },
    because: "A test key opens test data only, so there is a warning, but no failed check and no issue.",
  },
  {
    id: "other-vendor",
    title: "Another vendor's key",
    by: "ann",
    intro: "Ann adds Paystack, whose secret keys begin exactly like Stripe's.",
    steps: [
      {
        kind: "commit",
        message: "Take payments through Paystack",
        files: {
          "src/paystack.py": `import requests\n\nPAYSTACK_SECRET_KEY = "${PAYSTACK}"\n\n\ndef verify(reference):\n    url = f"https://api.paystack.co/transaction/verify/{reference}"\n    return requests.get(url, headers={"Authorization": f"Bearer {PAYSTACK_SECRET_KEY}"})\n`,
        },
      },
      { kind: "push", branch: "main" },
    ],
    expected: { conclusion: "success", annotations: 0, openIssues: 1 },
    because:
      "It should not be in the code either, but it is not a Stripe key. After a false alarm, Ann would not believe the next one.",
  },
  {
    id: "pull-request",
    title: "A pull request that adds a key and removes it",
    by: "ann",
    intro:
      "On a branch, one commit adds a restricted key and the next removes it. The diff that reviewers see holds no key.",
    steps: [
      { kind: "switch", branch: "refunds", create: true },
      {
        kind: "commit",
        message: "Add a script for refunds",
        files: { "scripts/refund.py": refundScript(`"${RESTRICTED}"`) },
      },
      {
        kind: "commit",
        message: "Remove the key from the script",
        files: { "scripts/refund.py": refundScript('os.environ["STRIPE_API_KEY"]') },
      },
      { kind: "push", branch: "refunds" },
      { kind: "pull-request", branch: "refunds", title: "A script for refunds" },
    ],
    expected: { conclusion: "failure", annotations: 0, openIssues: 2 },
    because:
      "Rollcall reads every commit, not the net diff. No line of the last commit holds the key, so there is no annotation; the summary names the commit that holds it.",
  },
  {
    id: "message",
    title: "A key in a commit message",
    by: "ann",
    intro: "Back on main, Ann pastes the command she tried into the commit message.",
    steps: [
      { kind: "switch", branch: "main" },
      {
        kind: "commit",
        message: `Say what is sold\n\nTried with:\n  curl https://api.stripe.com/v1/products -u ${PASTED}:`,
        files: { "README.md": "# Shop\n\nSells socks and hats.\n" },
      },
      { kind: "push", branch: "main" },
    ],
    expected: { conclusion: "failure", annotations: 0, openIssues: 3 },
    because:
      "Rollcall reads messages like files, and recognises a key that is followed by a colon, as `curl -u` takes it.",
  },
  {
    id: "merge",
    title: "A key that only a merge commit holds",
    by: "ann",
    intro:
      "Two branches change the same line. Ann resolves the conflict with a line that is on neither branch and holds a key.",
    steps: [
      { kind: "switch", branch: "currency", create: true },
      { kind: "commit", message: "Charge in dollars", files: { "config/shop.yml": "currency: usd\n" } },
      { kind: "switch", branch: "main" },
      { kind: "commit", message: "Charge in euros", files: { "config/shop.yml": "currency: eur\n" } },
      {
        kind: "merge",
        branch: "currency",
        message: "Merge branch 'currency'",
        files: { "config/shop.yml": `currency: eur\nstripe_key: ${MERGED}\n` },
      },
      { kind: "push", branch: "main" },
    ],
    expected: { conclusion: "failure", annotations: 1, openIssues: 4 },
    because:
      "Rollcall compares a merge with all its parents, and does not report again what came from one of them.",
  },
  {
    id: "fork",
    title: "A stranger's pull request",
    by: "sam",
    intro:
      "Sam has read access only. He opens a pull request from a fork, with a key in a file whose name tries to become Markdown and HTML.",
    steps: [
      { kind: "switch", branch: "patch-1", create: true },
      {
        kind: "commit",
        message: "Sell <b>gloves</b> @acme",
        files: { "catalog/**gloves** <img src=x>.md": `# Gloves\n\nstripe: ${FORKED}\n` },
      },
      { kind: "push", branch: "patch-1" },
      { kind: "pull-request", branch: "patch-1", title: "Sell <script>alert(1)</script> gloves" },
    ],
    expected: { conclusion: "failure", annotations: 1, openIssues: 4 },
    because:
      "The check on Sam's commit fails, and the file's name stays plain text. No issue is opened: a stranger cannot make the app write to the repository until the pull request is merged.",
  },
  {
    id: "fixes",
    title: "A commit that “fixes” the issue",
    by: "ann",
    leakOf: "pull-request",
    intro:
      "Back to the key in the pull request. Ann pushes a commit to main whose message says that it fixes the issue, so GitHub closes it.",
    steps: [
      { kind: "switch", branch: "main" },
      {
        kind: "commit",
        message: "Keep keys out of the repository\n\nFixes #{issue}",
        files: { ".gitignore": ".env\n" },
      },
      { kind: "push", branch: "main" },
    ],
    expected: {
      conclusion: "failure",
      annotations: 0,
      openIssues: 4,
      issue: { state: "open", by: ROLLCALL, says: "a changed file does not end a leak" },
    },
    because: "No commit can end a leak: the key still works. Rollcall reopens the issue and says why.",
  },
  {
    id: "closed-early",
    title: "Closed before the key is rolled",
    by: "ann",
    leakOf: "pull-request",
    intro: "Ann believes that a colleague rolled the key, and closes the issue as completed.",
    steps: [{ kind: "close-issue" }],
    expected: {
      conclusion: "failure",
      annotations: 0,
      openIssues: 4,
      issue: { state: "open", by: ROLLCALL, says: "still works" },
    },
    because:
      "The owner's file sets `verify_keys`, so Rollcall asks Stripe, which still accepts the key. The issue is open again.",
  },
  {
    id: "rolled",
    title: "The key is rolled",
    by: "ann",
    leakOf: "pull-request",
    intro:
      "Ann rolls the key at Stripe and clicks a button on the red check. She does not touch the issue, and pushes nothing.",
    steps: [
      { kind: "roll-key", key: RESTRICTED },
      { kind: "click", button: "Re-check" },
    ],
    expected: {
      conclusion: "success",
      annotations: 0,
      openIssues: 3,
      issue: { state: "closed", by: ROLLCALL, says: "It no longer works" },
    },
    because:
      "Stripe says that the key is dead, so Rollcall closes the issue, and the check of the pull request turns green by itself.",
  },
];

function payModule(key: string): string {
  return `import Stripe from "stripe";

const stripe = new Stripe(${key});

export function charge(amount: number) {
  return stripe.paymentIntents.create({ amount, currency: "eur" });
}
`;
}

function refundScript(key: string): string {
  return `import os
import sys

import stripe

stripe.api_key = ${key}
stripe.Refund.create(payment_intent=sys.argv[1])
`;
}
