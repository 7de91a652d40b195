import type { Shape } from "./confidence.ts";
import type { KindRule } from "./kind.ts";
import { unknownLength } from "./mixed.ts";

/** Signs the events sent to one endpoint. Others who follow Standard Webhooks use the same prefix. */
export const WEBHOOK_SECRET: KindRule<"webhook_secret"> = {
  kind: "webhook_secret",
  name: "webhook signing secret",
  prefixes: [{ text: "whsec_", mode: null }],
  isCommon: true,
  body: { characters: "0-9A-Za-z", min: 24, max: 128 },
  lengths: [32, 64],
  anatomy: (run) => ({ shape: shapeOf(run), length: Math.min(run.length, 128), account: null }),
  assignment: null,
  examples: [{ length: 32, anatomy: false }],
  source: {
    certainty: "documented",
    where: "https://docs.stripe.com/webhooks (64 hexadecimal digits: reported)",
  },
};

function shapeOf(run: string): Shape {
  if (/^[0-9a-f]{64}$/.test(run)) return "webhook secret of the CLI";
  // Of twenty billion strings of 32 random characters, less than one is all hexadecimal.
  return run.length === 32 && !/^[0-9a-f]*$/.test(run) ? "webhook secret" : unknownLength(run);
}
