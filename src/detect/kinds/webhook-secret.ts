import type { KindRule } from "./kind.ts";

/** Signs the events sent to one endpoint. Others who follow Standard Webhooks use the same prefix. */
export const WEBHOOK_SECRET: KindRule = {
  kind: "webhook_secret",
  name: "webhook signing secret",
  prefixes: [{ text: "whsec_", mode: null }],
  body: { characters: "0-9A-Za-z", min: 24, max: 128 },
  anatomy(run) {
    const shape =
      run.length === 32
        ? "webhook secret"
        : /^[0-9a-f]{64}$/.test(run)
          ? "webhook secret of the CLI"
          : "prefix only";
    return { shape, length: Math.min(run.length, 128), account: null };
  },
  examples: [{ length: 32, anatomy: false }],
  source: {
    certainty: "documented",
    where: "https://docs.stripe.com/webhooks (64 hexadecimal digits: reported)",
  },
};
