import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../fixtures/free-port.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { inheritedEnvironment } from "../support/app-environment.ts";
import { openFolder } from "../support/folders.ts";
import { killPostmaster } from "../support/postmaster.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

test("an unexpected error ends the process without logging the error's own fields", async () => {
  const folder = await openFolder("rollcall-crash-");
  onTestFinished(async () => {
    await killPostmaster(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  const key = keyOf("sk_live_", "crash");
  const bomb = `process.on("SIGUSR2", () => { throw Object.assign(new Error("on ${key}"), { payload: "${key}" }); });`;
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(bomb)}`, "src/main.ts"],
    {
      cwd: join(import.meta.dirname, "../.."),
      env: {
        ...inheritedEnvironment(),
        APP_ID: "1",
        PRIVATE_KEY: PEM,
        WEBHOOK_SECRET: "a secret of the tests",
        PORT: String(await freePort()),
        DATA_DIR: folder,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let written = "";
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      written += chunk.toString();
      if (written.includes("ready for webhooks")) ready.resolve();
    });
  }
  await ready.promise;
  const ended = once(child, "close");
  child.kill("SIGUSR2");
  expect(await ended).toEqual([1, null]);
  expect(written).toContain("unexpected error");
  expect(written).not.toContain(key.slice(-40, -8));
});
