/**
 * Errors of requests to GitHub, as codes to branch on, and when the same request may work. Only an error that can never
 * pass is final: permissions come back, replicas catch up, tokens are renewed. Messages say what to do and contain nothing
 * from a repository.
 */
import { RequestError } from "@octokit/request-error";
import { z } from "zod";

/** What went wrong, for code to branch on; never read the message for that. */
export type GitHubErrorCode =
  /** 401 also with a new token. */
  | "unauthorized"
  /** 403 that is not a rate limit, and 451: a missing permission, an archived, suspended or blocked repository. */
  | "forbidden"
  /** 404: deleted, not covered by the installation, or not replicated yet. */
  | "not_found"
  /** 410: the feature is switched off. */
  | "gone"
  /** 422 and other answers that refuse the request's content. Also seen while a commit is not replicated yet. */
  | "rejected"
  /** 429, and 403 with signs of a limit. */
  | "rate_limited"
  /** 5xx, 408, a cut connection, or no byte within the time limit. */
  | "unavailable"
  /** An answer that is not what GitHub documents: HTML, a cut body, a missing field. */
  | "nonsense";

/**
 * When the same request may work: `soon` for what passes in seconds or minutes, `hours` for what passes once a person
 * or a replica changes something, so with growing pauses over hours, `never` for what cannot pass by itself.
 */
export type GitHubRetry = "soon" | "hours" | "never";

const RETRY: Readonly<Record<GitHubErrorCode, GitHubRetry>> = {
  unauthorized: "hours",
  forbidden: "hours",
  not_found: "hours",
  gone: "never",
  rejected: "hours",
  rate_limited: "soon",
  unavailable: "soon",
  nonsense: "soon",
};

/** A request to GitHub failed. */
export class GitHubError extends Error {
  override readonly name = "GitHubError";
  readonly code: GitHubErrorCode;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  readonly retry: GitHubRetry;
  /** Whether the same request may work later, soon or in hours. */
  readonly retryable: boolean;
  /** How long GitHub asks to wait; null if it does not say. */
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
    this.retry = RETRY[code];
    this.retryable = this.retry !== "never";
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }
}

const ADVICE: Readonly<Record<GitHubErrorCode, string>> = {
  unauthorized: "Check APP_ID, PRIVATE_KEY and this machine's clock. Rollcall retries for hours.",
  forbidden:
    "The installation lacks a permission of docs/permissions.md, or the repository is archived. Rollcall retries for hours.",
  not_found:
    "It was deleted, the installation no longer covers it, or GitHub does not show it yet. Rollcall retries for hours.",
  gone: "The feature is switched off in the repository's settings.",
  rejected: "GitHub refused the content of the request. Rollcall retries for hours.",
  rate_limited: "Rollcall retries when GitHub's limit allows.",
  unavailable: "Rollcall retries.",
  nonsense: "The answer was not what GitHub documents. Rollcall retries.",
};

/**
 * Runs one request and turns its failure into a GitHubError.
 *
 * @param doing the purpose of the request, such as "create the check run"; holds nothing from the repository
 */
export async function ask<Answer>(doing: string, request: () => Promise<Answer>): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    throw toGitHubError(doing, error);
  }
}

/**
 * Validates the fields of an answer that are needed.
 *
 * @param doing the purpose of the request, as in `ask`
 * @throws GitHubError `nonsense` if the answer is not what GitHub documents
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
  if (isGraphqlError(error)) return graphqlError(doing, error);
  if (!(error instanceof RequestError) || error.response === undefined) {
    return new GitHubError(
      "unavailable",
      `GitHub was unreachable when asked to ${doing}. ${ADVICE.unavailable}`,
      {
        status: null,
        cause: error,
      },
    );
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

/** GraphQL answers 200 with errors, which its client throws. Checked by its form, because it is of a library of a library. */
function isGraphqlError(error: unknown): error is Error & { readonly errors: unknown } {
  return error instanceof Error && error.name === "GraphqlResponseError" && "errors" in error;
}

const graphqlErrorsSchema = z.array(z.object({ type: z.string().optional() }));

/** https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api */
const GRAPHQL_CODES: Readonly<Record<string, GitHubErrorCode>> = {
  FORBIDDEN: "forbidden",
  NOT_FOUND: "not_found",
  RATE_LIMITED: "rate_limited",
  RATE_LIMIT: "rate_limited",
  SERVICE_UNAVAILABLE: "unavailable",
};

function graphqlError(doing: string, error: Error & { readonly errors: unknown }): GitHubError {
  const parsed = graphqlErrorsSchema.safeParse(error.errors);
  const type = parsed.success ? (parsed.data[0]?.type ?? "") : "";
  const code = GRAPHQL_CODES[type] ?? "nonsense";
  return new GitHubError(code, `GitHub refused when asked to ${doing}. ${ADVICE[code]}`, {
    status: null,
    retryAfterSeconds: code === "rate_limited" ? DEFAULT_WAIT : null,
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

/** Seconds to wait where GitHub limits requests and does not say for how long. */
const DEFAULT_WAIT = 60;
/** The primary limit is reset within the hour. */
const MAX_WAIT = 3600;

function waitOf(headers: Readonly<Record<string, string | number | undefined>>): number {
  const after = Number(headers["retry-after"]);
  if (Number.isFinite(after) && after > 0) return after;
  const reset = Number(headers["x-ratelimit-reset"]);
  const seconds = reset - Math.floor(Date.now() / 1000) + 1;
  const isPrimary = headers["x-ratelimit-remaining"] === "0";
  return isPrimary && seconds > 0 && seconds <= MAX_WAIT ? seconds : DEFAULT_WAIT;
}

function codeOf(status: number): GitHubErrorCode {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
    case 451:
      return "forbidden";
    case 404:
      return "not_found";
    case 410:
      return "gone";
    default:
      return status >= 500 || status === 408 ? "unavailable" : "rejected";
  }
}
