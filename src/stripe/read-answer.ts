/**
 * What an answer to `GET /v1/balance` says about the key. Only an answer that Stripe itself wrote counts: a firewall's 403
 * is no proof that a key works, and not every 401 means that it is dead. The table is in docs/verification.md.
 */
import { z } from "zod";
import type { ActivityAnswer, ActivityGrounds } from "../domain/index.ts";
import type { RawAnswer } from "./transport.ts";

const balanceSchema = z.object({ object: z.literal("balance"), livemode: z.boolean() });

/** https://docs.stripe.com/api/errors; every refusal of a key has this type. */
const refusalSchema = z.object({
  error: z.object({
    type: z.literal("invalid_request_error"),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
});
type Refusal = z.infer<typeof refusalSchema>["error"];

const INVALID = /^Invalid API Key provided\b/i;
const IP_ADDRESS = /does not allow requests from your IP address/i;
/** Codes such as `more_permissions_required_for_application`. */
const PERMISSION_CODE = /^more_permissions_required(?:_|$)/;
/** Permissions of restricted keys are named `rak_balance_read`. */
const PERMISSION_MESSAGE = /\brak_[a-z0-9_]+|does not have the required permissions/i;

export function readAnswer({ status, body }: RawAnswer): ActivityAnswer {
  if (status === 429) return unknown("rate_limited");
  if (status >= 500) return unknown("stripe_failed");
  const content = body === null ? null : parse(body);
  if (status === 200)
    return balanceSchema.safeParse(content).success ? active("accepted") : unknown("not_stripe");

  const refusal = refusalSchema.safeParse(content);
  if (!refusal.success) return unknown("not_stripe");
  return readRefusal(status, refusal.data.error);
}

function readRefusal(status: number, { code = "", message = "" }: Refusal): ActivityAnswer {
  if (status !== 401 && status !== 403) return unknown("unexpected");
  if (IP_ADDRESS.test(message)) return active("ip_restricted");
  if (status === 403) {
    return PERMISSION_CODE.test(code) || PERMISSION_MESSAGE.test(message)
      ? active("permission_missing")
      : unknown("unexpected");
  }
  if (code === "api_key_expired") return { activity: "dead", grounds: "expired" };
  return INVALID.test(message) ? { activity: "not_known", grounds: "invalid" } : unknown("unexpected");
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function active(grounds: ActivityGrounds): ActivityAnswer {
  return { activity: "active", grounds };
}

function unknown(grounds: ActivityGrounds): ActivityAnswer {
  return { activity: "unknown", grounds };
}
