/** The webhook: how it is set up on GitHub, how its last deliveries were answered, and what answers at its address. */
import type { AttemptFacts, GitHubFacts, HookFacts } from "../facts.ts";
import { ok, problem, warning } from "../finding.ts";
import type { Ability, Finding } from "../finding.ts";

const PATH = "/api/github/webhooks";
const SETTINGS = "on the app's settings page";
const STOPS: readonly Ability[] = ["deliveries"];

export function judgeWebhook(github: GitHubFacts, at: Date): Finding[] {
  const { hook, attempts } = github;
  const deliveries = attempts.kind === "answered" ? judgeAttempts(attempts.value, at) : [];
  if (hook.kind === "not_asked") return [];
  if (hook.kind === "failed") {
    return [
      warning(
        "Webhook",
        `GitHub did not show how the webhook is set up (${hook.code}).`,
        `Compare it ${SETTINGS}.`,
      ),
      ...deliveries,
    ];
  }
  const last = attempts.kind === "answered" ? attempts.value[0] : undefined;
  const setUp = judgeHook(hook.value, github.isPublic, last !== undefined && isAnswered(last));
  return [...setUp, ...deliveries, ...judgeDoor(github)];
}

/** @param works the last delivery was accepted */
function judgeHook(hook: HookFacts, isPublic: boolean, works: boolean): Finding[] {
  const url = URL.canParse(hook.url) ? new URL(hook.url) : null;
  if (url === null) {
    return [
      problem(
        "Webhook",
        "The webhook of the app has no URL.",
        `Set it to https://YOUR-HOST${PATH} ${SETTINGS}.`,
        STOPS,
      ),
    ];
  }
  const found = [...judgeAddress(url, isPublic, works), ...judgeContent(hook)];
  if (found.length > 0) return found;
  return [ok("Webhook", `${url.origin}${works && url.pathname !== PATH ? "/…" : PATH}, as signed JSON.`)];
}

function judgeAddress(url: URL, isPublic: boolean, works: boolean): Finding[] {
  const found: Finding[] = [];
  const isNear = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (isNear && isPublic) {
    found.push(
      problem(
        "Webhook",
        `The webhook's URL leads to ${url.hostname}, which GitHub cannot reach.`,
        `Set it to https://YOUR-HOST${PATH} ${SETTINGS}.`,
        STOPS,
      ),
    );
  }
  if (url.pathname.replace(/\/$/, "") !== PATH && !works) {
    found.push(
      warning(
        "Webhook",
        `The path of the webhook's URL is not ${PATH}, where Rollcall answers.`,
        `Correct it ${SETTINGS}, unless a proxy rewrites it.`,
      ),
    );
  }
  if (url.protocol === "http:" && !isNear) {
    found.push(
      warning(
        "Webhook",
        "The webhook's URL begins with http://, so anyone on the way can read along.",
        "Use https://.",
      ),
    );
  }
  return found;
}

function judgeContent({ contentType, hasSecret, verifiesCertificate }: HookFacts): Finding[] {
  const found: Finding[] = [];
  if (contentType !== "json") {
    found.push(
      problem(
        "Webhook",
        `The webhook sends the content type "${contentType}", which Rollcall answers with 415.`,
        `Set **Content type** to application/json ${SETTINGS}.`,
        STOPS,
      ),
    );
  }
  if (!hasSecret) {
    found.push(
      problem(
        "Webhook",
        "The webhook has no secret, so GitHub signs nothing and Rollcall refuses every delivery.",
        `Set **Secret** ${SETTINGS} to the value of WEBHOOK_SECRET.`,
        STOPS,
      ),
    );
  }
  if (!verifiesCertificate) {
    found.push(
      warning(
        "Webhook",
        "GitHub does not verify the TLS certificate of the webhook's URL.",
        `Enable **SSL verification** ${SETTINGS}.`,
      ),
    );
  }
  return found;
}

function isAnswered({ statusCode }: AttemptFacts): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function judgeAttempts(attempts: readonly AttemptFacts[], at: Date): Finding[] {
  const [last] = attempts;
  if (last === undefined) return [ok("Deliveries", "GitHub has made none in the last three days.")];
  const ago = `${agoOf(at.getTime() - last.at.getTime())} ago`;
  const newest = new Map<string, AttemptFacts>();
  for (const attempt of attempts) if (!newest.has(attempt.guid)) newest.set(attempt.guid, attempt);
  const failed = [...newest.values()].filter((attempt) => !isAnswered(attempt));
  const counted = `${failed.length} of the last ${newest.size}`;
  if (!isAnswered(last)) {
    const [why, todo] = reasonOf(last);
    return [
      problem(
        "Deliveries",
        `The last delivery (${last.event}, ${ago}) ${why}. ${counted} failed.`,
        todo,
        STOPS,
      ),
    ];
  }
  const [failure] = failed;
  if (failure === undefined)
    return [ok("Deliveries", `the last ${newest.size} were accepted, the newest ${ago}.`)];
  const [why] = reasonOf(failure);
  return [
    warning(
      "Deliveries",
      `The newest was accepted, but ${counted} failed. The latest of those ${why}.`,
      "Rollcall requests them again every ten minutes, each at most three times.",
    ),
  ];
}

/** What the status means, as docs/debugging.md has it, and what to do. */
function reasonOf({ statusCode, status }: AttemptFacts): readonly [string, string] {
  switch (statusCode) {
    case 0:
      return [
        `got no answer: ${status.toLowerCase().slice(0, 60)}`,
        "Check that Rollcall runs, and DNS, TLS certificate, firewall and proxy of the webhook's URL.",
      ];
    case 400:
      return [
        "was answered 400: the signature is wrong",
        `Set WEBHOOK_SECRET and the **Secret** ${SETTINGS} to the same value, and look for a proxy that changes the body.`,
      ];
    case 401:
    case 403:
      return [
        `was answered ${statusCode}`,
        "Let GitHub's requests pass the proxy before Rollcall without a login.",
      ];
    case 404:
    case 405:
      return [
        `was answered ${statusCode}: Rollcall is not at this address`,
        `The path is ${PATH}, and a process with ROLE=web or ROLE=all answers it.`,
      ];
    case 413:
      return ["was answered 413: it is too large", "Let the proxy before Rollcall pass bodies of 25 MB."];
    case 415:
      return ["was answered 415: it is not JSON", `Set **Content type** to application/json ${SETTINGS}.`];
    case 502:
    case 504:
      return [
        `was answered ${statusCode} by the proxy`,
        "Check that Rollcall runs, and that the proxy names its port.",
      ];
    case 503:
      return [
        "was answered 503",
        "Check the database and its disk; the log has `could not store a delivery`.",
      ];
    default:
      return [
        `was answered ${statusCode}`,
        statusCode >= 500 ? "Look for its error in the log." : "Check what answers at the webhook's URL.",
      ];
  }
}

function agoOf(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
}

/** Rollcall refuses an unsigned request, so anything else comes from something else. */
const REFUSALS = [400, 401];

function judgeDoor({ door }: GitHubFacts): Finding[] {
  if (door === null) return [];
  if (door.kind === "unreachable") {
    return [
      warning(
        "From here",
        `Nothing answers at the webhook's URL from this machine (${door.code}).`,
        "Start Rollcall. If it runs, check DNS, TLS certificate and proxy; from inside a network this may also be normal.",
      ),
    ];
  }
  if (REFUSALS.includes(door.status))
    return [ok("From here", "an unsigned request to the webhook's URL is refused, as it should be.")];
  if (door.status >= 200 && door.status < 300) {
    return [
      problem(
        "From here",
        `Something at the webhook's URL accepted an unsigned request (${door.status}), so it is not Rollcall.`,
        "Point the URL, or the proxy behind it, at Rollcall: GitHub counts deliveries as made that Rollcall never gets.",
        STOPS,
      ),
    ];
  }
  const isElsewhere = door.status === 404 || door.status === 405 || (door.status >= 300 && door.status < 400);
  const says = `An unsigned request to the webhook's URL was answered ${door.status}, not 400 as Rollcall answers.`;
  return [
    isElsewhere
      ? problem(
          "From here",
          says,
          `The path is ${PATH}, and a process with ROLE=web or ROLE=all answers it.`,
          STOPS,
        )
      : warning(
          "From here",
          says,
          "Check the proxy before Rollcall, and that Rollcall and its database run.",
        ),
  ];
}
