/** The bodies of Stripe's answers, in the shape that https://docs.stripe.com/api/errors and /api/balance document. */

export type ErrorKind =
  | "no_key"
  | "invalid"
  | "expired"
  | "ip_restricted"
  | "restricted"
  | "account_closed"
  | "rate_limited"
  | "failed"
  | "no_such_path";

/** @param key named in the message as Stripe does: most of it as asterisks */
export function errorBody(kind: ErrorKind, key = ""): string {
  const masked = `${key.slice(0, 8)}${"*".repeat(20)}${key.slice(-4)}`;
  return JSON.stringify({ error: errorOf(kind, masked) });
}

function errorOf(kind: ErrorKind, masked: string): object {
  const type = "invalid_request_error";
  switch (kind) {
    case "no_key":
      return { type, message: "You did not provide an API key." };
    case "invalid":
      return { type, message: `Invalid API Key provided: ${masked}` };
    case "expired":
      return {
        type,
        code: "api_key_expired",
        doc_url: "https://stripe.com/docs/error-codes/api-key-expired",
        message: `Expired API Key provided: ${masked}`,
      };
    case "ip_restricted":
      return { type, message: "The API key provided does not allow requests from your IP address." };
    case "restricted":
      return {
        type,
        code: "more_permissions_required",
        message: `The provided key '${masked}' does not have the required permissions for this endpoint. Having the 'rak_balance_read' permission would allow this request to continue.`,
      };
    case "account_closed":
      return { type, code: "account_closed", message: "This account is closed." };
    case "rate_limited":
      return { type, code: "rate_limit", message: "Too many requests." };
    case "failed":
      return { type: "api_error", message: "Something went wrong on Stripe's end." };
    case "no_such_path":
      return { type, message: "Unrecognized request URL." };
  }
}

export function balanceBody(livemode: boolean): string {
  const amounts = [{ amount: 0, currency: "usd", source_types: { card: 0 } }];
  return JSON.stringify({ object: "balance", available: amounts, livemode, pending: amounts });
}
