import { expect, test } from "vitest";
import { isAncestor } from "../../src/github/index.ts";
import { api, client, SHOP, useWire } from "../support/wire.ts";

useWire();

const [OLD, HEAD] = ["b".repeat(40), "a".repeat(40)];
const PATH = `/repos/acme/shop/compare/${OLD}...${HEAD}`;

test("commits without a common ancestor: it is not in the history", async () => {
  const body = { message: `No common ancestor between ${OLD} and ${HEAD}.` };
  api().get(PATH).query(true).reply(404, body);
  expect(await isAncestor(await client(), SHOP, OLD, HEAD)).toBe(false);
});

test("any other 404 says nothing of the history", async () => {
  api().get(PATH).query(true).reply(404, { message: "Not Found" });
  await expect(isAncestor(await client(), SHOP, OLD, HEAD)).rejects.toMatchObject({ code: "not_found" });
});
