import type { Finding } from "../../domain/index.ts";

/** What ends a leak of one kind of credential, and the page on which it is done. */
export interface Advice {
  readonly text: string;
  readonly url: string;
}

const DASHBOARD = "https://dashboard.stripe.com";

/** What to do about one leaked credential, in one or two sentences. Sources: docs/stripe-keys.md, "Rolling a key". */
export function adviceFor({ kind, mode, account }: Pick<Finding, "kind" | "mode" | "account">): Advice {
  switch (kind) {
    case "secret_key":
    case "restricted_key":
    case "legacy_key":
      return {
        text: "Roll it now: in the key’s overflow menu choose “Rotate key” and the expiration “Now”. Deleting the line does not help.",
        url: keysPage(mode, account),
      };
    case "organization_key":
      return {
        text: "Roll it now, it opens every account of the organization. Deleting the line does not help.",
        url: `${DASHBOARD}/org/api-keys/secret`,
      };
    case "webhook_secret":
      return {
        text: "Roll it now: in the webhook endpoint’s overflow menu choose “Roll secret”. Until then, whoever has it can forge events to the endpoint.",
        url: `${DASHBOARD}/webhooks`,
      };
    case "cli_token":
      return {
        text: "Run `stripe logout --all` where it is from, and ask Stripe support to revoke the token.",
        url: "https://support.stripe.com/contact",
      };
    case "sandbox_key":
      return {
        text: "Replace it; it opens a sandbox that can be claimed.",
        url: "https://docs.stripe.com/keys",
      };
    case "connect_token":
      return {
        text: "Revoke the platform's access to the connected account, then let the account connect again.",
        url: "https://docs.stripe.com/connect/oauth-reference",
      };
    case "app_secret":
      return { text: "Roll the signing secret of the app.", url: "https://docs.stripe.com/stripe-apps" };
    case "ephemeral_key":
      return {
        text: "It expires by itself soon; find out why it was written down.",
        url: "https://docs.stripe.com/keys",
      };
  }
}

function keysPage(mode: Finding["mode"], account: string | null): string {
  return `${DASHBOARD}${account === null ? "" : `/${account}`}${mode === "test" ? "/test" : ""}/apikeys`;
}
