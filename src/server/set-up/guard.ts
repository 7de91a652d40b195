/**
 * Who may use the set-up: whoever reads the terminal. A page in the operator's browser can send requests to this machine, under
 * a name of its own too (DNS rebinding), so host and origin are checked besides the token.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

const COOKIE = "rollcall_set_up";

export interface SetUpGuard {
  /** Printed in the terminal. It opens the set-up once, in one browser. */
  readonly token: string;
  /** Goes to GitHub and has to come back with the code. */
  readonly state: string;
  /** The request came to this machine by one of its own names, and a form was sent from the set-up's own page. */
  isFromHere(request: IncomingMessage): boolean;
  /** @returns the cookie to set; null: the token is wrong, or was used */
  open(token: string | null): string | null;
  /** The request carries the cookie that the token was exchanged for. */
  isOpen(request: IncomingMessage): boolean;
  isState(state: string | null): boolean;
}

/** @param port that the set-up listens on */
export function createGuard(port: number): SetUpGuard {
  const [token, session, state] = [secret(), secret(), secret()];
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  let wasUsed = false;
  return {
    token,
    state,
    isFromHere({ method, headers }) {
      const { host = "", origin } = headers;
      if (!hosts.has(host.toLowerCase())) return false;
      // Browsers name the origin of every form that is sent, but not of a page that is opened.
      return method === "GET" ? origin === undefined : origin === `http://${host.toLowerCase()}`;
    },
    open(given) {
      if (wasUsed || !isSame(given, token)) return null;
      wasUsed = true;
      // Lax: GitHub leads back here, and that request must carry it.
      return `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Lax`;
    },
    isOpen({ headers }) {
      const cookies = (headers.cookie ?? "").split(";").map((cookie) => cookie.trim().split("="));
      return cookies.some(([name, value]) => name === COOKIE && isSame(value ?? null, session));
    },
    isState: (given) => isSame(given, state),
  };
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}

/** Takes as long whatever was given. */
function isSame(given: string | null, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given ?? ""), digest(expected));
}
