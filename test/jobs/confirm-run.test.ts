import { expect, test } from "vitest";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import { HEAD } from "../support/reported.ts";
import { findingsOn, finished, PUSH } from "../support/scopes.ts";

/** A check whose first request got no answer and was not there when it was looked for. */
async function withLostRequest() {
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, findingsOn(1));
  context.github.fault = (request) => (request.startsWith("POST") ? 502 : null);
  await expect(publishCheck(context, repository.id, HEAD)).rejects.toMatchObject({ retryable: true });
  const externalId = (await context.record.checks.find(repository.id, HEAD))?.run?.externalId ?? "";
  context.github.fault = () => null;
  await publishCheck(context, repository.id, HEAD);
  const later = async (): Promise<void> => {
    context.clock = new Date(context.clock.getTime() + 61_000);
    await context.settle();
  };
  return { context, externalId, later };
}

test("a request that arrives after its run was not found leaves no run in progress", async () => {
  const { context, externalId, later } = await withLostRequest();
  expect(context.github.runs).toMatchObject([{ conclusion: "failure" }]);
  const shown = { title: "", summary: "", text: "", annotations: [] };
  const late = { id: 2, name: "Rollcall", head: HEAD, externalId, conclusion: null, ...shown };
  context.github.runs.push(late);
  await later();
  expect(context.github.runs).toHaveLength(3);
  expect(context.github.current(HEAD)).toMatchObject({ id: 3, conclusion: "failure" });
});

test("a request that never arrives changes nothing", async () => {
  const { context, later } = await withLostRequest();
  await later();
  expect(context.github.runs).toHaveLength(1);
});
