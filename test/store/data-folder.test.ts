import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lockFolder, placeOfNumbers } from "../../src/store/folder-lock.ts";
import { createLog } from "../../src/server/log.ts";
import { openDatabase } from "../../src/store/index.ts";
import type { Database } from "../../src/store/index.ts";

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-store-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function open(directory: string): Promise<Database> {
  return openDatabase({ directory, url: null, log: createLog("silent") });
}

/** A process that does nothing, and its number. */
async function anotherProcess(): Promise<{ pid: number; end: () => Promise<void> }> {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  await once(child, "spawn");
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  onTestFinished(end);
  return { pid: child.pid ?? 0, end };
}

test("a folder that a living process holds is refused, with its number", async () => {
  const [folder, other] = [await aFolder(), await anotherProcess()];
  await writeFile(join(folder, "process.lock"), `${other.pid} ${await placeOfNumbers()}\n`);
  await expect(open(folder)).rejects.toMatchObject({ code: "data_folder_in_use" });
  await expect(open(folder)).rejects.toThrow(`process ${other.pid}`);
  expect(await readFile(join(folder, "process.lock"), "utf8")).toContain(String(other.pid));
});

test("a folder that a process left when it died is taken over, and given back at the end", async () => {
  const [folder, other] = [await aFolder(), await anotherProcess()];
  await other.end();
  await writeFile(join(folder, "process.lock"), `${other.pid} ${await placeOfNumbers()}\n`);
  const database = await open(folder);
  expect(await readFile(join(folder, "process.lock"), "utf8")).toBe(
    `${process.pid} ${await placeOfNumbers()}\n`,
  );
  await database.close();
  await expect(readFile(join(folder, "process.lock"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a folder that cannot be made is named, and what to do about it", async () => {
  const folder = await aFolder();
  await writeFile(join(folder, "file"), "");
  const opening = open(join(folder, "file", "data"));
  await expect(opening).rejects.toMatchObject({ code: "data_folder_unusable", retryable: false });
  await expect(opening).rejects.toThrow("DATA_DIR");
});

const FAST = { beatMs: 20, staleMs: 200 };

test("a folder that another host holds is refused while it is touched, and taken over when it is not", async () => {
  const folder = await aFolder();
  const path = join(folder, "process.lock");
  await writeFile(path, "1 another-host\n");
  const beating = setInterval(() => void utimes(path, new Date(), new Date()), FAST.beatMs);
  // On a busy machine a touch may be late.
  const patient = { ...FAST, staleMs: 2000 };
  await expect(lockFolder(folder, patient)).rejects.toMatchObject({ code: "data_folder_in_use" });
  clearInterval(beating);
  const release = await lockFolder(folder, FAST);
  expect(await readFile(path, "utf8")).toBe(`${process.pid} ${await placeOfNumbers()}\n`);
  await release();
});

test("of many that take a dead process's folder at once, one gets it", async () => {
  const [folder, other] = [await aFolder(), await anotherProcess()];
  await other.end();
  await writeFile(join(folder, "process.lock"), `${other.pid} ${await placeOfNumbers()}\n`);
  const slow = { beatMs: 20, staleMs: 3000 };
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder, slow)));
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
});

test("a process of another container counts as alive while the file is touched, though its number is free here", async () => {
  const [folder, other] = [await aFolder(), await anotherProcess()];
  await other.end();
  const path = join(folder, "process.lock");
  const [host = "", boot = ""] = (await placeOfNumbers()).split(" ");
  await writeFile(path, `${other.pid} ${host} ${boot} pid:[1]\n`);
  const beating = setInterval(() => void utimes(path, new Date(), new Date()), FAST.beatMs);
  onTestFinished(() => clearInterval(beating));
  await expect(lockFolder(folder, { beatMs: 20, staleMs: 2000 })).rejects.toMatchObject({
    code: "data_folder_in_use",
  });
});
