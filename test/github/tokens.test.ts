import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { Probot } from "probot";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { installationIdSchema } from "../../src/domain/index.ts";
import { AccessToken, createGitHub, pacedOctokit } from "../../src/github/index.ts";
import type { GitHub, InstallationClient } from "../../src/github/index.ts";
import { createLog } from "../../src/server/log.ts";
import { api, readShop, useWire } from "../support/wire.ts";

useWire();

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const REPOSITORY = { default_branch: "main", name: "shop", owner: { login: "acme" }, private: true };
const AN_HOUR = 3_600_000;

function aGitHub(): GitHub {
  const log = createLog("silent");
  return createGitHub(
    new Probot({ appId: 1, privateKey, secret: "a secret of the tests", Octokit: pacedOctokit(), log }),
  );
}

/** The next tokens that GitHub makes for an installation. Their names tell whose they are. */
function makesTokens(installation: number, names: readonly string[], life = AN_HOUR): void {
  for (const token of names) {
    const answer = { token, expires_at: new Date(Date.now() + life).toISOString(), permissions: {} };
    api()
      .post(`/app/installations/${installation}/access_tokens`)
      .matchHeader("authorization", /^bearer /)
      .reply(201, answer);
  }
}

/** The next answer to reading the repository with a token. */
function answers(token: string, status: number): void {
  api()
    .get("/repos/acme/shop")
    .matchHeader("authorization", `token ${token}`)
    .reply(status, status === 200 ? REPOSITORY : { message: "Bad credentials" });
}

test("a token that GitHub refuses is dropped with the first 401, and each request made once more", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  // An installation of its own: Octokit spaces the requests of one by the clock.
  const client = await aGitHub().installation(installationIdSchema.parse(9));
  makesTokens(9, ["first"]);
  answers("first", 200);
  await readShop(client);

  // A token younger than 5 seconds may not have reached every replica: Octokit waits and tries it again.
  vi.setSystemTime(Date.now() + 60_000);
  makesTokens(9, ["second"]);
  // Both have the old token before GitHub refuses it to either of them.
  let arrived = 0;
  const { promise: bothArrived, resolve } = Promise.withResolvers<void>();
  api()
    .get("/repos/acme/shop")
    .twice()
    .matchHeader("authorization", "token first")
    .reply(async () => {
      arrived += 1;
      if (arrived === 2) resolve();
      await bothArrived;
      return [401, { message: "Bad credentials" }];
    });
  answers("second", 200);
  answers("second", 200);
  const both = await Promise.all([readShop(client), readShop(client)]);
  expect(both).toEqual(["main", "main"]);
});

describe("tokens for git", () => {
  const read = async (client: InstallationClient, repository: number, refused: string | null = null) =>
    (await client.readToken(repository, refused === null ? null : new AccessToken(refused))).reveal();

  test("are kept by installation and repository", async () => {
    const github = aGitHub();
    makesTokens(5, ["five, repository 7", "five, repository 8"]);
    makesTokens(6, ["six, repository 7"]);
    const [five, six] = [
      await github.installation(installationIdSchema.parse(5)),
      await github.installation(installationIdSchema.parse(6)),
    ];
    for (let round = 0; round < 2; round += 1) {
      expect(await read(five, 7)).toBe("five, repository 7");
      expect(await read(five, 8)).toBe("five, repository 8");
      expect(await read(six, 7)).toBe("six, repository 7");
    }
  });

  test("that git was refused with are made again, once for all who ask", async () => {
    const client = await aGitHub().installation(installationIdSchema.parse(5));
    makesTokens(5, ["first", "second"]);
    await read(client, 7);
    expect(await Promise.all([read(client, 7, "first"), read(client, 7, "first")])).toEqual([
      "second",
      "second",
    ]);
    expect(await read(client, 7, "first")).toBe("second");
  });

  test("that end within the time that a fetch may take are not handed out", async () => {
    const client = await aGitHub().installation(installationIdSchema.parse(5));
    makesTokens(5, ["first", "second"], 14 * 60_000);
    expect(await read(client, 7)).toBe("first");
    expect(await read(client, 7)).toBe("second");
  });

  test("that GitHub does not make are an error, and asked for again", async () => {
    const client = await aGitHub().installation(installationIdSchema.parse(5));
    api().post("/app/installations/5/access_tokens").reply(404, { message: "Not Found" });
    await expect(read(client, 7)).rejects.toMatchObject({ code: "not_found", retry: "hours" });
    makesTokens(5, ["first"]);
    expect(await read(client, 7)).toBe("first");
  });

  test("show themselves in no text, object or log", async () => {
    const client = await aGitHub().installation(installationIdSchema.parse(5));
    makesTokens(5, ["first"]);
    const token = await client.readToken(7, null);
    const shown = [String(token), JSON.stringify({ token }), inspect({ token }, { depth: 9 })];
    expect(shown.filter((text) => text.includes("first"))).toEqual([]);
  });
});

test("each installation acts with its own token, also where many requests are under way", async () => {
  const github = aGitHub();
  const installations = [5, 6, 7];
  for (const installation of installations) {
    makesTokens(installation, [`of ${installation}`]);
    for (let round = 0; round < 3; round += 1) {
      api()
        .get(`/repos/owner-${installation}/shop`)
        .matchHeader("authorization", `token of ${installation}`)
        .reply(200, REPOSITORY);
    }
  }
  await Promise.all(
    installations.flatMap((installation) =>
      [1, 2, 3].map(async () => {
        const client = await github.installation(installationIdSchema.parse(installation));
        expect(client.installationId).toBe(installation);
        await readShop(client, { owner: `owner-${installation}`, name: "shop" });
      }),
    ),
  );
});
