import type { Answer, Call, Endpoint } from "../http/call.ts";
import { repositoryOf } from "../http/call.ts";
import { pageOf } from "../http/paging.ts";
import { renderAccount } from "../render/account.ts";
import { nodeId, repositoryUrl } from "../render/url.ts";

const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, quarter: 91, year: 365 };

/** Pushes, force pushes, branches and merges, newest first, with cursors. */
function list(call: Call): Answer {
  const repository = repositoryOf(call);
  const { query } = call;
  const ref = query.get("ref");
  const actor = query.get("actor")?.toLowerCase();
  const type = query.get("activity_type");
  const days = DAYS[query.get("time_period") ?? ""];
  const since = days === undefined ? 0 : Date.now() - days * 24 * 3_600_000;
  const after = Number(query.get("after") ?? Infinity);
  const ordered = query.get("direction") === "asc" ? [...repository.activity].reverse() : repository.activity;
  const matching = ordered.filter(
    (one) =>
      (ref === null || one.ref === ref || one.ref === `refs/heads/${ref}`) &&
      (actor === undefined || one.actor.login.toLowerCase() === actor) &&
      (type === null || one.type === type) &&
      Date.parse(one.at) >= since,
  );
  const start = Number.isFinite(after) ? matching.findIndex((one) => one.id === after) + 1 : 0;
  const { perPage } = pageOf(call);
  const shown = matching.slice(start, start + perPage);
  const next = new URLSearchParams(query);
  next.set("after", String(shown.at(-1)?.id ?? 0));
  const link = `<${repositoryUrl(call.site, repository, `/activity?${next.toString()}`)}>; rel="next"`;
  return {
    status: 200,
    body: shown.map((one) => ({
      id: one.id,
      node_id: nodeId("Push", one.id),
      ref: one.ref,
      before: one.before,
      after: one.after,
      timestamp: one.at,
      activity_type: one.type,
      actor: renderAccount(call.site, one.actor),
    })),
    headers: start + perPage < matching.length ? { link } : {},
  };
}

export const activityEndpoints: readonly Endpoint[] = [
  { route: "GET /repos/{owner}/{repo}/activity", permission: ["contents", "read"], answer: list },
];
