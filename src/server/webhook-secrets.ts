import { createHmac, timingSafeEqual } from "node:crypto";

/** Checks one signature, over a body that is given piece by piece: an unsigned body is never put together. */
export interface SignatureCheck {
  update(bytes: Uint8Array): void;
  /** Whether one of the secrets made the signature. The time that it takes does not tell how far it is right. */
  isValid(): boolean;
}

/** What GitHub sends: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export const SIGNATURE = /^sha256=([0-9a-fA-F]{64})$/;

/**
 * The secrets of the webhook: today's, and those that it had before, because GitHub may sign with either while it is changed.
 *
 * @returns a check for a signature; null if it cannot be one
 */
export function webhookSecrets(secrets: readonly string[]): (signature: string) => SignatureCheck | null {
  return (signature) => {
    const hex = SIGNATURE.exec(signature)?.[1];
    if (hex === undefined) return null;
    const given = Buffer.from(hex, "hex");
    const hashes = secrets.map((secret) => createHmac("sha256", secret));
    return {
      update(bytes) {
        for (const hash of hashes) hash.update(bytes);
      },
      isValid() {
        // Every one is compared, so the time does not tell which secret it was either.
        return hashes.map((hash) => timingSafeEqual(hash.digest(), given)).includes(true);
      },
    };
  };
}
