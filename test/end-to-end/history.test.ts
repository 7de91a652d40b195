import { expect, test } from "vitest";
import { installApp } from "../support/installed-app.ts";

const app = await installApp({ lasts: "file", installed: false });

test("on installation the whole history is read, and a live key that is long gone from the files gets its issue", async () => {
  const shop = await app.project();
  const clone = await shop.clone();
  const key = app.key("long-gone");
  await clone.commit("Begin", { "pay.py": `stripe.api_key = "${key}"\n` });
  await clone.commit("Clean up", { "pay.py": "stripe.api_key = os.environ['KEY']\n" });
  await clone.push("HEAD:main");
  await app.github.idle();
  app.github.install({ on: "acme" });
  await app.settled();
  expect(shop.issues().map(({ title }) => title)).toEqual([expect.stringContaining("live")]);
});
