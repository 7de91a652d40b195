import type { Grounds } from "../detection.ts";
import { isPlaceholderToken } from "./placeholders.ts";

/** Stars, bullets, ellipses (in UTF-8) and other marks that programs write instead of a secret. */
const MASK =
  /^[0-9A-Za-z]{0,23}(?:\*{3}|(?:\xe2\x80\xa2){2}|\xe2\x80\xa6|(?:\xe2\x97\x8f){2}|#{4})|^[0-9A-Za-z]{1,23}\.{3}|^(?:\[(?:masked|redacted|hidden|filtered)\]|<(?:masked|redacted|hidden)>)/i;
const REGULAR_EXPRESSION =
  /^(?:[0-9A-Za-z]{0,8}(?:\[[^\]\n]{1,60}\][+*{]?|\\{1,4}[wWSd]|\.[*+{]|\((?:\?|\[|\\))|\{\d)/;
const NOTHING = /^(?:\.{3}|\xe2\x80\xa6)/;
/** Keys that other vendors separate: Checkout.com's (a UUID) and Recharge's. */
const SEPARATED = /^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d+x\d+_[0-9a-f]{64})$/i;

/**
 * Why the text after a prefix is not a credential; null if there is no reason worth reporting.
 *
 * @param rest the text after the prefix
 * @param token its longest beginning that any vendor's key could contain
 */
export function whyNoKey(prefix: string, rest: string, token: string): Grounds | null {
  const redacted = `${prefix}…`;
  if (NOTHING.test(rest)) return placeholder(redacted);
  if (MASK.test(rest))
    return { reason: "masked", explanation: "Most of the key is masked already.", redacted };
  if (REGULAR_EXPRESSION.test(rest))
    return { reason: "pattern", explanation: "A regular expression that describes keys.", redacted };

  if (SEPARATED.test(token)) {
    const explanation = "Another vendor's key: hyphens or underscores where Stripe has none.";
    return { reason: "other_vendor", explanation, redacted };
  }
  return isPlaceholderToken(token) ? placeholder(redacted) : null;
}

function placeholder(redacted: string): Grounds {
  return { reason: "placeholder", explanation: "Words where a key belongs.", redacted };
}
