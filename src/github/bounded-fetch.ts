/**
 * The `fetch` under every request to GitHub. It addresses a repository by its id, where the id is known: its former name
 * may belong to another repository by now. GitHub takes `/repositories/{id}/…` wherever it takes `/repos/{owner}/{repo}/…`:
 * its redirects of renamed repositories and its links to further pages lead there.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 *
 * It gives up where no byte arrives for a while, which Node's own does only after five minutes, and it follows GitHub's redirects of renamed repositories with the method and body unchanged,
 * which the standard's does not for a 301 to POST. It never leaves the origin, so no token does either.
 */

import { NO_MEASURES } from "../measure/index.ts";
import type { GitHubAnswer, Measures } from "../measure/index.ts";
import { REPOSITORY_ID } from "./repository-name.ts";

/** GitHub answers a rename with one redirect, by the repository's numeric id. */
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/** Milliseconds without a byte after which a request is given up. */
export const MAX_IDLE_MS = 30_000;

/** No byte arrived within the time limit. */
class StalledError extends Error {
  override readonly name = "StalledError";
}

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** @param idleMs milliseconds without a byte after which a request fails; its body then fails, too */
export function createBoundedFetch(idleMs: number, measures: Measures = NO_MEASURES): Fetch {
  const counted = (bytes: number): void => measures.bytesFetched("rest", bytes);
  return async (start, given = {}) => {
    const { init, url: first } = byId(new URL(start), given);
    let url = first;
    for (let redirects = 0; ; redirects += 1) {
      const answered = (response: Response | null): void => measures.gitHubAnswered(answerOf(init, response));
      const response = await fetchOnce(url, init, idleMs, counted).catch((error: unknown) => {
        answered(null);
        throw error;
      });
      answered(response);
      const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
      if (location === null) return response;
      await response.body?.cancel();
      const next = new URL(location, url);
      if (next.origin !== url.origin) throw new TypeError("GitHub redirects to another host.");
      if (redirects >= MAX_REDIRECTS) throw new TypeError("GitHub redirects again and again.");
      url = next;
    }
  };
}

/** The request with the repository's id in place of its name. Octokit's plugins go by the name, so it is put in here. */
function byId(url: URL, init: RequestInit): { readonly url: URL; readonly init: RequestInit } {
  const headers = new Headers(init.headers);
  const id = headers.get(REPOSITORY_ID);
  headers.delete(REPOSITORY_ID);
  if (id === null || !/^\d+$/.test(id)) return { url, init };
  const addressed = new URL(url);
  addressed.pathname = url.pathname.replace(/\/repos\/[^/]+\/[^/]+/, `/repositories/${id}`);
  return { url: addressed, init: { ...init, headers } };
}

/** What the headers say: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function answerOf({ method = "GET" }: RequestInit, response: Response | null): GitHubAnswer {
  if (response === null) return { method, status: null, limit: null, isLimited: false };
  const { status, headers } = response;
  const read = (name: string): number | null => numberOf(headers.get(`x-ratelimit-${name}`));
  const [limit, remaining, reset] = [read("limit"), read("remaining"), read("reset")];
  const resource = headers.get("x-ratelimit-resource") ?? "core";
  const isKnown = limit !== null && remaining !== null && reset !== null;
  const isLimited =
    status === 429 || (status === 403 && (remaining === 0 || headers.get("retry-after") !== null));
  return {
    method,
    status,
    isLimited,
    limit: isKnown ? { resource, limit, remaining, resetAt: new Date(reset * 1000) } : null,
  };
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null;
}

async function fetchOnce(
  url: URL,
  init: RequestInit,
  idleMs: number,
  counted: (bytes: number) => void,
): Promise<Response> {
  const stalled = new AbortController();
  const timer = setTimeout(() => {
    stalled.abort(new StalledError(`GitHub sent nothing for ${idleMs} ms.`));
  }, idleMs);
  timer.unref();
  const signal = init.signal ? AbortSignal.any([stalled.signal, init.signal]) : stalled.signal;
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    timer.refresh();
    if (response.body !== null) return watched(response, response.body, timer, counted);
    clearTimeout(timer);
    return response;
  } catch (error) {
    clearTimeout(timer);
    throw error;
  }
}

/** The same response, whose body restarts the timer with each chunk. */
function watched(
  response: Response,
  body: ReadableStream<Uint8Array>,
  timer: NodeJS.Timeout,
  counted: (bytes: number) => void,
): Response {
  const reader = body.getReader();
  // Half the work of a TransformStream.
  const chunks = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) {
          clearTimeout(timer);
          controller.close();
          return;
        }
        timer.refresh();
        counted(value.length);
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  const { status, statusText, headers } = response;
  const copy = new Response(chunks, { status, statusText, headers });
  // A response made here has no address, and Octokit's paging needs one.
  return Object.defineProperty(copy, "url", { value: response.url });
}
