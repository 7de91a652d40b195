import { expect, test } from "vitest";
import { push } from "../../src/events/push.ts";
import { changed, payloadOf } from "../support/deliveries.ts";
import { keyOf } from "../../fixtures/keys.ts";

test("a key in the name of the default branch is in no job, and the branch is still known as the default one", async () => {
  const key = keyOf("sk_live_", "default-branch");
  const payload = changed(await payloadOf("push-configuration"), "repository.default_branch", key);
  const jobs = push.jobs(changed(payload, "ref", `refs/heads/${key}`));
  expect(JSON.stringify(jobs)).not.toContain(key.slice(-40, -8));
  expect(jobs).toMatchObject([{ configurationChanged: true, hints: { inNames: [{ place: "ref_name" }] } }]);
});
