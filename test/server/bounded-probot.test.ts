import { request } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseEnvironment } from "../../src/server/environment.ts";
import { createLog } from "../../src/server/log.ts";
import { startServer } from "../../src/server/server.ts";
import type { RunningServer } from "../../src/server/server.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

let server: RunningServer | null = null;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-test-"));
  const environment = parseEnvironment({
    APP_ID: "1",
    PRIVATE_KEY: PEM,
    WEBHOOK_SECRET: "a secret of the tests",
    PORT: "0",
    DATA_DIR: folder,
  });
  if ("setup" in environment) throw new Error("The environment is whole.");
  server = await startServer(environment, createLog("silent"));
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The status for a body of which only the headers and a beginning are ever sent. */
async function statusFor(headers: Record<string, string>): Promise<number | undefined> {
  const asked = request({
    port: server?.port,
    host: "127.0.0.1",
    path: "/api/github/webhooks",
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": "1",
      "x-hub-signature-256": "sha256=0",
      ...headers,
    },
  });
  asked.on("error", () => {});
  asked.write("{");
  const status = await new Promise<number | undefined>((resolve) => {
    asked.once("response", (answer) => resolve(answer.statusCode));
  });
  asked.destroy();
  return status;
}

test.each([
  ["longer than GitHub sends", { "content-length": "26214401" }],
  ["of a length that is not told", { "transfer-encoding": "chunked" }],
])("a body %s is refused before it is read", async (_name, headers) => {
  expect(await statusFor(headers)).toBe(413);
});
