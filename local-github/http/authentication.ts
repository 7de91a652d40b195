/**
 * Who sends a request. REST takes the app's JSON Web Token, an installation token or a person's token; git takes an
 * installation token, or the login alone of any person, so this server must never be reachable by others.
 */
import { createVerify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isObject, numberOf } from "../json.ts";
import type { Account } from "../site/account.ts";
import type { InstallationToken } from "../site/installation.ts";
import type { Site } from "../site/site.ts";
import type { Caller } from "./call.ts";
import { Refusal } from "./refusal.ts";

/** The caller of a REST request, from its `authorization` header. Throws 401 for invalid credentials. */
export function authenticate(site: Site, header: string | undefined, now: number): Caller {
  if (header === undefined) return { kind: "nobody" };
  const [scheme = "", credential = ""] = header.split(" ");
  if (/^basic$/i.test(scheme)) {
    const [, password = ""] = readBasic(header) ?? [];
    return fromToken(site, password, now);
  }
  if (!/^(?:bearer|token)$/i.test(scheme)) throw new Refusal(401, "Bad credentials");
  if (credential.split(".").length === 3) {
    verifyAppToken(credential, site.app.publicKey, site.app.id, now);
    return { kind: "app", app: site.app };
  }
  return fromToken(site, credential, now);
}

function fromToken(site: Site, credential: string, now: number): Caller {
  const token = liveToken(site, credential, now);
  if (token !== null) {
    if (token.installation.suspended !== null) throw suspended();
    return { kind: "installation", installation: token.installation, token };
  }
  const account = site.userTokens.get(credential);
  if (account !== undefined) return { kind: "user", account };
  throw new Refusal(401, "Bad credentials");
}

/** The answer to anything that a suspended installation asks for. */
export function suspended(): Refusal {
  return new Refusal(403, "This installation has been suspended");
}

function liveToken(site: Site, credential: string, now: number): InstallationToken | null {
  const token = site.tokens.get(credential);
  return token !== undefined && token.expiresAt > now && site.installations.has(token.installation.id)
    ? token
    : null;
}

/** User name and password of a `Basic` header. */
function readBasic(header: string): readonly [string, string] | null {
  const match = /^basic ([a-z0-9+/=]+)$/i.exec(header);
  if (match === null) return null;
  const text = Buffer.from(match[1] ?? "", "base64").toString();
  const colon = text.indexOf(":");
  return colon < 0 ? null : [text.slice(0, colon), text.slice(colon + 1)];
}

/** Who fetches or pushes. `invalid` is a credential that proves nothing: GitHub answers it with 401. */
export type GitCaller =
  | { readonly kind: "app"; readonly token: InstallationToken }
  | { readonly kind: "user"; readonly account: Account }
  | { readonly kind: "nobody" }
  | { readonly kind: "invalid" };

export function authenticateGit(site: Site, header: string | undefined, now: number): GitCaller {
  if (header === undefined) return { kind: "nobody" };
  const [user = "", password = ""] = readBasic(header) ?? [];
  if (user === "x-access-token") {
    const token = liveToken(site, password, now);
    if (token !== null) return { kind: "app", token };
  }
  const account =
    user === "x-access-token" ? site.userTokens.get(password) : site.accounts.get(user.toLowerCase());
  return account === undefined ? { kind: "invalid" } : { kind: "user", account };
}

/**
 * Checks an app's JSON Web Token: RS256 with the app's key, `iss` its id, valid for at most ten minutes
 * (https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app).
 */
function verifyAppToken(token: string, key: KeyObject, appId: number, now: number): void {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const head = decodePart(header);
  const claims = decodePart(payload);
  if (head?.["alg"] !== "RS256" || claims === null)
    throw new Refusal(401, "A JSON web token could not be decoded");
  const valid = createVerify("RSA-SHA256").update(`${header}.${payload}`).verify(key, signature, "base64url");
  if (!valid) throw new Refusal(401, "A JSON web token could not be decoded");
  const issued = numberOf(claims["iat"]) ?? Infinity;
  const expires = numberOf(claims["exp"]) ?? 0;
  const seconds = now / 1000;
  if (String(claims["iss"]) !== String(appId)) throw new Refusal(401, "Integration not found");
  if (expires < seconds) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (expires > seconds + 660)
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  if (issued > seconds + 60) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
}

function decodePart(part: string): { readonly [name: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
