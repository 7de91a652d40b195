import { once } from "node:events";
import { createServer } from "node:http";
import { Webhook as Verifier } from "standardwebhooks";
import { afterAll, expect, test } from "vitest";
import type { z } from "zod";
import { leakMessageSchema } from "../../src/report/index.ts";
import { installApp } from "../support/installed-app.ts";

const SECRET = `whsec_${Buffer.from("s".repeat(32)).toString("base64")}`;

interface Received {
  readonly id: string;
  readonly message: z.infer<typeof leakMessageSchema>;
}

const received: Received[] = [];
/** Decides over the answer to each request; null: none, the connection is cut after it was received. */
let answer: () => number | null = () => 200;

const receiver = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    const headers = {
      "webhook-id": String(request.headers["webhook-id"]),
      "webhook-timestamp": String(request.headers["webhook-timestamp"]),
      "webhook-signature": String(request.headers["webhook-signature"]),
    };
    const message = leakMessageSchema.parse(new Verifier(SECRET).verify(body, headers));
    received.push({ id: headers["webhook-id"], message });
    const status = answer();
    if (status === null) request.socket.destroy();
    else response.writeHead(status).end();
  });
}).listen(0, "127.0.0.1");
await once(receiver, "listening");
afterAll(() => void receiver.close());
const address = receiver.address();
const port = typeof address === "object" && address !== null ? address.port : 0;

const app = await installApp({
  lasts: "file",
  environment: {
    NOTIFY_URL: `http://127.0.0.1:${port}/hooks/token-in-the-path`,
    NOTIFY_SECRET: SECRET,
    NOTIFY_ALLOW_PRIVATE: "true",
  },
});

async function leaking() {
  const shop = await app.project({ roles: { ann: "maintain" } });
  const clone = await shop.begun();
  await clone.commit("Pay", { "secret-place.py": `stripe.api_key = "${app.key(shop.repository.name)}"\n` });
  await clone.push("HEAD:main");
  await app.settled();
  const [issue] = shop.issues();
  if (issue === undefined) throw new Error(`no issue: ${app.problems()}`);
  return { shop, issue };
}

const of = (name: string): Received[] =>
  received.filter(({ message }) => message.data.repositories.includes(`acme/${name}`));
const typesOf = (name: string): string[] => of(name).map(({ message }) => message.type);

test(
  "opened, rolled, reopened and dismissed arrive in order, signed, without a place",
  { timeout: 60_000 },
  async () => {
    const { shop, issue } = await leaking();
    const { name } = shop.repository;
    app.github.closeIssue(shop.repository, issue.number, "ann");
    await app.settled();
    app.github.reopenIssue(shop.repository, issue.number, "ann");
    await app.settled();
    expect(typesOf(name)).toEqual(["leak.opened", "leak.rolled", "leak.reopened"]);
    const [opened, rolled] = of(name);
    expect(opened?.message.data.issue).toContain(`/acme/${name}/issues/${issue.number}`);
    expect(rolled?.message).toMatchObject({ data: { actor: "ann", verified: false, previousState: "open" } });
    expect(rolled?.message.text).toContain("not verified");
    expect(JSON.stringify(of(name))).not.toMatch(/secret-place|[0-9a-f]{40}/);
    expect(app.log.text).not.toMatch(/token-in-the-path|whsec_c3Nz/);
  },
);

test(
  "an answer that is lost, and a kill: the message comes again with its id, and nothing is skipped",
  { timeout: 60_000 },
  async () => {
    const killed = Promise.withResolvers<void>();
    answer = () => {
      answer = () => 200;
      void app.stop("SIGKILL").then(killed.resolve);
      return null;
    };
    const leak = leaking();
    leak.catch(() => {});
    await killed.promise;
    await app.start();
    const { shop } = await leak;
    const { name } = shop.repository;
    await app.github.until(() => of(name).length >= 2, "the message once more");
    expect(new Set(of(name).map(({ id }) => id)).size).toBe(1);
    expect(new Set(typesOf(name))).toEqual(new Set(["leak.opened"]));
  },
);
