import { RequestError } from "@octokit/request-error";
import type { z } from "zod";

/** What went wrong, for code to branch on; never read the message for that. */
export type GitHubErrorCode =
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "not_a_file"
  | "gone"
  | "rejected"
  | "rate_limited"
  | "unavailable"
  | "nonsense";

/** A request to GitHub that did not get what it asked for. */
export class GitHubError extends Error {
  override readonly name = "GitHubError";
  readonly code: GitHubErrorCode;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** How long GitHub asks to wait; null where it does not say. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: GitHubErrorCode,
    message: string,
    details: {
      readonly status: number | null;
      readonly retryAfterSeconds?: number | null;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.retryable = code === "rate_limited" || code === "unavailable" || code === "nonsense";
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }
}

const ADVICE: Readonly<Record<GitHubErrorCode, string>> = {
  unauthorized: "Check APP_ID, PRIVATE_KEY and the clock of this machine.",
  forbidden: "The installation lacks a permission of docs/permissions.md, or the repository is archived.",
  not_found: "It was deleted, or the installation does not cover it any more.",
  not_a_file: "A folder stands where a file should.",
  gone: "The feature is switched off in the repository's settings.",
  rejected: "GitHub refused the content of the request; this is a defect of Rollcall.",
  rate_limited: "It is tried again when GitHub's limit allows.",
  unavailable: "It is tried again.",
  nonsense: "Its answer was not what it documents; it is tried again.",
};

/**
 * Runs one request and turns its failure into a GitHubError.
 *
 * @param doing what the request is for, such as "create the check run"; holds nothing from the repository
 */
export async function ask<Answer>(doing: string, request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    throw toGitHubError(doing, error);
  }
}

/**
 * Takes from an answer what is relied on.
 *
 * @param doing what the request was for, as in `ask`
 * @throws GitHubError `nonsense` where the answer is not what GitHub documents
 */
export function check<Answer>(doing: string, schema: z.ZodType<Answer>, data: unknown): Answer {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new GitHubError("nonsense", `GitHub was asked to ${doing}. ${ADVICE.nonsense}`, {
    status: null,
    cause: parsed.error,
  });
}

function toGitHubError(doing: string, error: unknown): GitHubError {
  if (error instanceof GitHubError) return error;
  if (!(error instanceof RequestError) || error.response === undefined) {
    return new GitHubError("unavailable", `GitHub could not be reached to ${doing}. ${ADVICE.unavailable}`, {
      status: null,
      cause: error,
    });
  }
  const { headers } = error.response;
  const limited = isRateLimited(error);
  const code = limited ? "rate_limited" : codeOf(error.status);
  const retryAfterSeconds = limited ? waitOf(headers) : null;
  return new GitHubError(code, `GitHub answered ${error.status} when asked to ${doing}. ${ADVICE[code]}`, {
    status: error.status,
    retryAfterSeconds,
    cause: error,
  });
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: 403 or 429, by header or by text. */
function isRateLimited(error: RequestError): boolean {
  if (error.status === 429) return true;
  if (error.status !== 403) return false;
  const headers = error.response?.headers ?? {};
  return (
    headers["retry-after"] !== undefined ||
    headers["x-ratelimit-remaining"] === "0" ||
    /secondary rate limit/i.test(error.message)
  );
}

function waitOf(headers: Readonly<Record<string, string | number | undefined>>): number {
  const after = Number(headers["retry-after"]);
  if (Number.isFinite(after) && after > 0) return after;
  const reset = Number(headers["x-ratelimit-reset"]);
  const seconds = reset - Math.floor(Date.now() / 1000) + 1;
  return headers["x-ratelimit-remaining"] === "0" && seconds > 0 && seconds <= 3600 ? seconds : 60;
}

function codeOf(status: number): GitHubErrorCode {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 410:
      return "gone";
    default:
      return status >= 500 || status === 408 ? "unavailable" : "rejected";
  }
}
