import { createHmac } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { createLog } from "../../src/server/log.ts";
import { receiveEvents } from "../../src/server/receive-events.ts";
import type { Delivery } from "../../src/jobs/index.ts";
import { openHttpDoor } from "../../src/server/http-door.ts";
import { webhookDoor } from "../../src/server/webhook-door.ts";
import { payloadOf } from "../support/deliveries.ts";
import type { Payload } from "../support/deliveries.ts";
import { keyOf } from "../../fixtures/keys.ts";

const SECRET = "a secret between the two";
const FORMER = "the secret of last year";

interface App {
  readonly log: string[];
  send(delivery: Partial<Sent> & { readonly payload: Payload | string }): Promise<Response>;
}

interface Sent {
  readonly event: string;
  readonly id: string;
  readonly payload: Payload | string;
  /** Null: unsigned. */
  readonly secret: string | null;
}

interface DeliveryStore {
  add(delivery: Delivery): Promise<void>;
}

/** The door for webhooks over real HTTP, as the composition builds it, in front of some store. */
async function anApp(store: DeliveryStore): Promise<App> {
  const lines: string[] = [];
  const log = createLog("trace", { write: (line) => void lines.push(line) });
  const door = webhookDoor({ receiver: receiveEvents(store, log), secrets: [SECRET, FORMER], log });
  const server = await openHttpDoor({ host: "127.0.0.1", port: 0, log, handlers: [door] });
  onTestFinished(() => server.stop(0));
  return {
    log: lines,
    send({ event = "push", id = "delivery-1", payload, secret = SECRET }) {
      const body = typeof payload === "string" ? payload : JSON.stringify(payload);
      const signature =
        secret === null ? null : `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
      return fetch(`http://127.0.0.1:${server.port}/api/github/webhooks`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-github-event": event,
          "x-github-delivery": id,
          ...(signature === null ? {} : { "x-hub-signature-256": signature }),
        },
        body,
      });
    },
  };
}

/** Takes deliveries and keeps them. */
function aStore(): DeliveryStore & { readonly added: Delivery[] } {
  const added: Delivery[] = [];
  return {
    added,
    async add(delivery) {
      added.push(delivery);
    },
  };
}

test("a signed delivery is stored under its id and answered 200", async () => {
  const store = aStore();
  const app = await anApp(store);
  const answer = await app.send({ payload: await payloadOf("push") });
  expect(answer.status).toBe(200);
  expect(store.added).toMatchObject([{ id: "delivery-1", notices: [{ kind: "scope" }] }]);
});

test("while the secret is changed, a delivery that is signed with the former one is stored too", async () => {
  const store = aStore();
  const app = await anApp(store);
  const answer = await app.send({ payload: await payloadOf("push"), secret: FORMER });
  expect(answer.status).toBe(200);
  expect(store.added).toHaveLength(1);
});

test.each([
  ["unsigned", null],
  ["signed with another secret", "not the secret"],
])("a delivery that is %s is refused and stores nothing", async (_name, secret) => {
  const store = aStore();
  const app = await anApp(store);
  const answer = await app.send({ payload: await payloadOf("push"), secret });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(store.added).toEqual([]);
});

test.each([
  ["no JSON", "push", "{"],
  ["a list", "push", "[]"],
  ["a null", "push", "null"],
  ["a push without its fields", "push", { ref: "refs/heads/main" }],
])("%s is answered with an error and stores nothing", async (_name, event, payload) => {
  const store = aStore();
  const app = await anApp(store);
  const answer = await app.send({ event, payload });
  expect(answer.ok).toBe(false);
  expect(store.added).toEqual([]);
});

test("an event that the app ignores is answered 200 and stores nothing", async () => {
  const store = aStore();
  const app = await anApp(store);
  const answers = [
    await app.send({ event: "pull_request", payload: await payloadOf("pull-request-labeled") }),
    await app.send({ event: "star", payload: { action: "created" } }),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
  expect(store.added).toEqual([]);
});

test("a delivery is not answered before its jobs are stored", async () => {
  const order: string[] = [];
  const [asked, stored] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const app = await anApp({
    async add() {
      asked.resolve();
      await stored.promise;
      order.push("stored");
    },
  });
  const payload = await payloadOf("push");
  const answer = (async () => {
    const { status } = await app.send({ payload });
    order.push(`answered ${status}`);
  })();
  await asked.promise;
  // A whole exchange with the same server: had the first been answered, its answer would have been here before.
  expect((await app.send({ event: "star", payload: {} })).status).toBe(200);
  expect(order).toEqual([]);
  stored.resolve();
  await answer;
  expect(order).toEqual(["stored", "answered 200"]);
});

test("if jobs cannot be stored the answer is 5xx, so GitHub keeps the delivery as failed", async () => {
  const app = await anApp({
    async add() {
      throw new Error("the disk is full");
    },
  });
  const answer = await app.send({ payload: await payloadOf("push") });
  expect(answer.status).toBeGreaterThanOrEqual(500);
});

test.each([
  ["taken", "push", {}, async () => {}],
  ["that cannot be stored", "push", {}, async () => Promise.reject(new Error("the disk is full"))],
  ["that is wrong", "push", { head_commit: 7 }, async () => {}],
  ["of no interest", "star", {}, async () => {}],
])(
  "no line of the log holds the payload of a delivery %s, at level trace",
  async (_name, event, fields, add) => {
    const key = keyOf("sk_live_", "in a commit message");
    const app = await anApp({ add });
    const text = JSON.stringify({ ...(await payloadOf("push")), ...fields });
    const payload = text.replaceAll("Take payments", `Take payments with ${key}`);
    expect(payload).toContain(key);
    await app.send({ event, payload });
    await app.send({ event, payload, secret: "not the secret" });
    const log = app.log.join("");
    expect(log).not.toBe("");
    expect(log).not.toContain(key.slice(12, 60));
    expect(log).not.toContain("Take payments");
    expect(log).not.toContain("ann@example.org");
  },
);
