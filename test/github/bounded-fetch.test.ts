import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Probot } from "probot";
import { describe, expect, onTestFinished, test } from "vitest";
import { CHECK_NAME } from "../../src/domain/index.ts";
import { createCheckRun, pacedOctokit, readRepository, updateCheckRun } from "../../src/github/index.ts";
import type { GitHubClient } from "../../src/github/index.ts";
import { createRestSource } from "../../src/source/index.ts";
import { createLog } from "../../src/server/log.ts";
import { readShop, SHOP } from "../support/wire.ts";

/** On a busy machine half an answer may be late, too. */
const IDLE_MS = 1000;
const REPOSITORY = { default_branch: "main", name: "shop", owner: { login: "acme" }, private: true };

interface Asked {
  readonly line: string;
  readonly body: string;
  readonly authorization: string | undefined;
  readonly headers: readonly string[];
}

/** A GitHub of its own on this machine, for what no mock of `fetch` shows: sockets that say nothing. */
async function served(
  answer: RequestListener,
  idleMs = 300_000,
): Promise<{ octokit: GitHubClient; asked: Asked[]; url: string }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const line = `${request.method ?? ""} ${request.url ?? ""}`;
      const { authorization } = request.headers;
      const headers = Object.keys(request.headers);
      asked.push({ line, body: Buffer.concat(chunks).toString(), authorization, headers });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const probot = new Probot({
    appId: 1,
    githubToken: "a token",
    secret: "a secret of the tests",
    baseUrl: url,
    Octokit: pacedOctokit(idleMs),
    log: createLog("silent"),
  });
  return { octokit: await probot.auth(1), asked, url };
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}

describe("a request to which nothing comes for longer than the time limit", () => {
  test.each<[string, (response: ServerResponse) => void, string]>([
    ["no answer at all", () => {}, "unavailable"],
    [
      "half of an answer",
      (response) => {
        response.writeHead(200, { "content-type": "application/json" }).write('{"default_');
      },
      "nonsense",
    ],
  ])("%s: the request fails, and is worth a retry soon", async (_name, answer, code) => {
    const { octokit } = await served((_request, response) => answer(response), IDLE_MS);
    await expect(readShop(octokit)).rejects.toMatchObject({ code, retry: "soon" });
  });

  test("half of a file is a gap", async () => {
    const { octokit } = await served((_request, response) => {
      response.writeHead(200, { "content-type": "application/octet-stream" }).write("half");
    }, IDLE_MS);
    const source = createRestSource(octokit, SHOP, { blobBytes: 100 });
    const at = { commit: "c".repeat(40), path: "a" };
    const read = await source.readBlob("b".repeat(40), at, new AbortController().signal);
    expect(read).toMatchObject({ kind: "gap", gap: { reason: "api_failed" } });
  });

  test("a slow answer that keeps coming is waited for", async () => {
    const text = JSON.stringify(REPOSITORY);
    const { octokit } = await served((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      let sent = 0;
      const step = Math.ceil(text.length / 8);
      const timer = setInterval(() => {
        response.write(text.slice(sent, sent + step));
        sent += step;
        if (sent < text.length) return;
        clearInterval(timer);
        response.end();
      }, IDLE_MS / 6);
    }, IDLE_MS);
    expect(await readShop(octokit)).toBe("main");
  });
});

describe("a repository that was renamed or transferred", () => {
  const content = { conclusion: null, output: { title: "t", summary: "s" }, annotations: [] };
  const run = { name: CHECK_NAME, head: "a".repeat(40), externalId: "e", content };

  function renamed(status: number, to = ""): RequestListener {
    return ({ url = "" }: IncomingMessage, response) => {
      if (url.startsWith("/repos/acme/shop")) {
        const location = `${to}/repositories/7${url.slice("/repos/acme/shop".length)}`;
        response.writeHead(status, { location, "content-type": "application/json" }).end("{}");
      } else if (url.endsWith("/check-runs")) {
        json(response, { id: 9, external_id: "e" }, 201);
      } else {
        json(response, REPOSITORY);
      }
    };
  }

  test.each([301, 302, 307, 308])("is read where %i sends to", async (status) => {
    const { octokit, asked } = await served(renamed(status));
    expect(await readShop(octokit)).toBe("main");
    expect(asked.map(({ line }) => line)).toEqual(["GET /repos/acme/shop", "GET /repositories/7"]);
    expect(asked[1]?.authorization).toBe("token a token");
  });

  test.each([301, 307])("gets its check run where %i sends to, as a POST with its body", async (status) => {
    const { octokit, asked } = await served(renamed(status));
    const { externalId, head } = run;
    const created = await octokit.rest.checks.create({
      owner: "acme",
      repo: "shop",
      name: "Rollcall",
      external_id: externalId,
      head_sha: head,
    });
    expect(created.data.id).toBe(9);
    expect(asked.map(({ line }) => line)).toEqual([
      "POST /repos/acme/shop/check-runs",
      "POST /repositories/7/check-runs",
    ]);
    expect(asked[1]?.body).toBe(asked[0]?.body);
    expect(asked[1]?.body).toContain('"head_sha"');
  });

  test("is written to by its id, because its former name may be another's by now", async () => {
    const { octokit, asked } = await served((_request, response) =>
      json(response, { id: 9, external_id: "e" }, 201),
    );
    await createCheckRun(octokit, { ...SHOP, id: 7 }, run);
    await updateCheckRun(octokit, { ...SHOP, id: 7 }, 9, run.content);
    expect(asked.map(({ line }) => line)).toEqual([
      "POST /repositories/7/check-runs",
      "PATCH /repositories/7/check-runs/9",
    ]);
    expect(asked.flatMap(({ headers }) => headers).join(" ")).not.toContain("rollcall");
  });

  test("is not followed to another host, which would get the token", async () => {
    const other = await served((_request, response) => json(response, REPOSITORY));
    const { octokit } = await served(renamed(301, other.url.replace("127.0.0.1", "localhost")));
    await expect(readShop(octokit)).rejects.toMatchObject({ code: "unavailable" });
    expect(other.asked).toEqual([]);
  });

  test("that sends in a circle is given up", async () => {
    const { octokit, asked } = await served(({ url = "" }, response) => {
      response.writeHead(301, { location: url }).end();
    });
    await expect(readShop(octokit)).rejects.toMatchObject({ code: "unavailable" });
    expect(asked.length).toBeLessThan(6);
  });

  test("has the name that its id leads to", async () => {
    const { octokit, asked } = await served((_request, response) => json(response, REPOSITORY));
    expect(await readRepository(octokit, 7)).toMatchObject({ owner: "acme", name: "shop" });
    expect(asked.map(({ line }) => line)).toEqual(["GET /repositories/7"]);
  });
});
