/**
 * The story of the demo: one chapter for each promise worth seeing, with the verdict that it must get. A test runs it and
 * fails on any other verdict. Keys are generated, so the repository holds none.
 */
import { createHash } from "node:crypto";
import { keyOf } from "../fixtures/keys.ts";
import type { Story } from "./chapter.ts";

/** Generated, the same in each run; nobody ever had them. */
const LIVE = keyOf("sk_live_", "demo: in the code");
const TEST = keyOf("sk_test_", "demo: in a test");
const RESTRICTED = keyOf("rk_live_", "demo: added and removed");
const PASTED = keyOf("sk_live_", "demo: in a commit message");
const MERGED = keyOf("sk_live_", "demo: in a merge");
const FORKED = keyOf("sk_live_", "demo: in a fork");
/** Paystack's keys have the prefix of Stripe's and 40 hexadecimal digits. */
const PAYSTACK = `sk_live_${createHash("sha1").update("demo: another vendor").digest("hex")}`;

/** Every credential that the story writes anywhere: none of them may be shown by anything. */
export const KEYS: readonly string[] = [LIVE, TEST, RESTRICTED, PASTED, MERGED, FORKED, PAYSTACK];

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
    because: "Every changed file and the commit message were read, and no key is in them.",
  },
  {
    id: "leak",
    title: "A live key in the code",
    by: "ann",
    intro: "Payments fail in the evening, so Ann puts the live key where the variable was, and pushes.",
    steps: [
      {
        kind: "commit",
        message: "Make payments work",
        files: { "src/pay.ts": payModule(`"${LIVE}"`) },
      },
      { kind: "push", branch: "main" },
    ],
    expected: { conclusion: "failure", annotations: 1, openIssues: 1 },
    because: "The check is red on the line that holds the key, and one issue says how to roll it.",
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
      "The new commit adds no key, so it is green. The issue stays open: whoever fetched the commit before has the key, and it works until somebody rolls it at Stripe.",
  },
  {
    id: "test-key",
    title: "A test key",
    by: "ann",
    intro: "Ann writes a test with a key of Stripe's test mode in it.",
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
    because: "A test key opens test data only: a warning, no red check, no issue.",
  },
  {
    id: "other-vendor",
    title: "Another vendor's key",
    by: "ann",
    intro: "Ann adds Paystack, whose secret keys begin exactly as Stripe's do.",
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
      "It should not be in the code either, but it is no Stripe key: whoever tells Ann to roll it at Stripe is not believed the next time.",
  },
  {
    id: "pull-request",
    title: "A pull request that adds a key and removes it",
    by: "ann",
    intro:
      "On a branch, one commit adds a restricted key and the next takes it out. The diff that reviewers see holds no key.",
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
      "Every commit is read, not the net diff. No line of the last commit holds the key, so nothing is annotated; the summary names the commit that does.",
  },
  {
    id: "message",
    title: "A key in a commit message",
    by: "ann",
    intro: "Back on main, Ann pastes the command that she tried into the commit message.",
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
      "Messages are read like files, and a key with a colon behind it, as `curl -u` takes it, is a key.",
  },
  {
    id: "merge",
    title: "A key that only a merge commit has",
    by: "ann",
    intro:
      "Two branches change the same line. Ann resolves the conflict with a line that neither had, and it holds a key.",
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
    because: "A merge is compared with all of its parents; what came from one of them is not counted again.",
  },
  {
    id: "fork",
    title: "A stranger's pull request",
    by: "sam",
    intro:
      "Sam may only read. From a fork comes a pull request with a key, in a file whose name tries to become Markdown and HTML.",
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
      "The check says so on Sam's commit, the file's name stays text, and no issue is filed: a stranger cannot make the app write into the repository before somebody merges.",
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
