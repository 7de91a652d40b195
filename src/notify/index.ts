/** The outgoing webhook: signed messages to one address of the operator's, never into a network that is not allowed. */
export { createWebhook, NotifyError } from "./webhook.ts";
export type { Message, Webhook, WebhookOptions } from "./webhook.ts";
export { isSigningSecret, SigningSecret } from "./signing-secret.ts";
