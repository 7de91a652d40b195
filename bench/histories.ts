/**
 * Whether a push's check is as fast while the histories of many repositories are read as on an idle system. Another
 * organization with small repositories installs the app; meanwhile one push after the other is measured, from its delivery to
 * the completed check. One run, one machine, figures as measured.
 *
 *   npx node bench/histories.ts [--repositories 5000] [--pushes 30]
 */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { openStage } from "../demo/stage.ts";
import type { Stage } from "../demo/stage.ts";
import { keyOf } from "../fixtures/keys.ts";

const { values } = parseArgs({
  options: {
    repositories: { type: "string", default: "5000" },
    pushes: { type: "string", default: "30" },
  },
});
const REPOSITORIES = Number(values.repositories);
const PUSHES = Number(values.pushes);
const HANGS_MS = 600_000;
/** Commits of each small repository. */
const COMMITS = 20;

const run = promisify(execFile);
const ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Ann",
  GIT_AUTHOR_EMAIL: "ann@example.org",
  GIT_COMMITTER_NAME: "Ann",
  GIT_COMMITTER_EMAIL: "ann@example.org",
};

/** Not synchronous: the local GitHub that git speaks to lives in this process. */
async function git(...args: string[]): Promise<string> {
  const { stdout } = await run("git", args, { env: ENVIRONMENT, maxBuffer: 1 << 28 });
  return stdout.trim();
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** A repository whose history the small ones have: with a key that is long gone. */
async function template(directory: string): Promise<string> {
  const path = join(directory, "template");
  mkdirSync(path);
  await git("-C", path, "init", "--quiet", "-b", "main");
  for (let commit = 0; commit < COMMITS; commit += 1) {
    const line =
      commit === 3 ? `const key = "${keyOf("sk_live_", "long gone")}";\n` : `const n = ${commit};\n`;
    await writeFile(join(path, "pay.ts"), line);
    await writeFile(join(path, `file-${commit}.ts`), `export const value = ${commit};\n`.repeat(50));
    await git("-C", path, "add", "--all");
    await git("-C", path, "commit", "--quiet", "-m", `Commit ${commit}`);
  }
  return path;
}

/** Pushes one commit after the other, and measures until the check of each is completed. */
async function pushes(stage: Stage, directory: string, name: string): Promise<readonly number[]> {
  const { github, repository } = stage;
  const times: number[] = [];
  for (let push = 0; push < PUSHES; push += 1) {
    await writeFile(join(directory, `${name}-${push}.ts`), `export const value = ${push};\n`);
    await git("-C", directory, "add", "--all");
    await git("-C", directory, "commit", "--quiet", "-m", `${name} ${push}`);
    const head = await git("-C", directory, "rev-parse", "HEAD");
    const deliveries = github.deliveries.length;
    await git("-C", directory, "push", "--quiet", "origin", "HEAD:main");
    const isMine = ({ event }: { readonly event: string }): boolean => event === "push";
    await github.until(
      () => github.checkRuns(repository, head).at(-1)?.status === "completed",
      `check of ${head}`,
      HANGS_MS,
    );
    const delivered = github.deliveries.slice(deliveries).find(isMine);
    times.push(Date.now() - Date.parse(delivered?.deliveredAt ?? ""));
    await wait(500);
  }
  return times;
}

const stage = await openStage({ quietLog: true });
try {
  const { github } = stage;
  const source = await template(stage.directory);
  const directory = join(stage.directory, "clone");
  await git("clone", "--quiet", github.cloneUrl(stage.repository, "ann"), directory);
  github.createOrganization("big");
  for (let number = 0; number < REPOSITORIES; number += 1) {
    const made = await github.createRepository({ owner: "big", name: `small-${number}`, private: true });
    await git("-C", made.path, "fetch", "--quiet", source, "+refs/heads/*:refs/heads/*");
  }
  await pushes(stage, directory, "warm");
  const idle = await pushes(stage, directory, "idle");
  console.log(`idle: median ${median(idle)} ms of ${idle.join(", ")}`);
  const began = Date.now();
  github.install({ on: "big" });
  const busy = await pushes(stage, directory, "busy");
  const seconds = (Date.now() - began) / 1000;
  const fetched = new Set(
    github.requests.flatMap(({ kind, path }) =>
      kind === "git" && path.includes("/big/") && path.includes("git-upload-pack") ? [path] : [],
    ),
  );
  console.log(`while histories are read: median ${median(busy)} ms of ${busy.join(", ")}`);
  console.log(`ratio ${(median(busy) / median(idle)).toFixed(2)}`);
  console.log(`${fetched.size} of ${REPOSITORIES} repositories asked for in ${Math.round(seconds)} s`);
} finally {
  await stage.close();
}
