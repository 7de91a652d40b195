import { Buffer } from "node:buffer";
import type { AccessToken } from "../../../github/index.ts";
import { GitError } from "../process/git-error.ts";

/** Where a repository is fetched from. */
export interface Remote {
  /** `https://HOST/OWNER/NAME.git`, without credentials. */
  readonly url: string;
  /**
   * The token for one call; null where the remote asks for none.
   * @param refused the token that the remote just refused, which must not come again; null at first
   */
  readonly token: (refused: AccessToken | null) => Promise<AccessToken | null>;
  /** The repository's present URL, asked for when the remote redirects; null if it has no other. */
  readonly currentUrl?: () => Promise<string | null>;
  /** `url` leads nowhere, because the name in it is redacted. */
  readonly isRedacted?: boolean;
  readonly protocols: readonly string[];
}

/** One call to the remote. */
export interface RemoteAccess {
  readonly url: string;
  /** Settings of git that carry the token. */
  readonly settings: readonly (readonly [string, string])[];
  /** Texts that no message may contain. */
  readonly secrets: readonly string[];
}

/**
 * Calls the remote. A token that it refuses is dropped and the call made once more with a new one; where it redirects,
 * the call is made once more with the URL that the repository has now. Git itself follows no redirect, since it would
 * send the token along.
 *
 * @throws GitError
 */
export async function callRemote<T>(
  remote: Remote,
  signal: AbortSignal,
  call: (access: RemoteAccess) => Promise<T>,
): Promise<T> {
  let url = remote.isRedacted === true ? ((await remote.currentUrl?.()) ?? remote.url) : remote.url;
  let token = await remote.token(null);
  const tried = new Set<string>();
  for (;;) {
    try {
      return await call(accessOf(url, token));
    } catch (error) {
      if (!(error instanceof GitError) || signal.aborted || tried.has(error.code)) throw error;
      tried.add(error.code);
      if (error.code === "access_denied" && token !== null) {
        const fresh = await remote.token(token);
        if (fresh === null || fresh.is(token)) throw error;
        token = fresh;
      } else if (error.code === "moved") {
        const current = (await remote.currentUrl?.()) ?? null;
        if (current === null || current === url) throw error;
        url = current;
      } else {
        throw error;
      }
    }
  }
}

function accessOf(url: string, token: AccessToken | null): RemoteAccess {
  if (token === null) return { url, settings: [], secrets: [] };
  const basic = Buffer.from(`x-access-token:${token.reveal()}`).toString("base64");
  return {
    url,
    settings: [[`http.${url}.extraHeader`, `Authorization: Basic ${basic}`]],
    secrets: [token.reveal(), basic],
  };
}
