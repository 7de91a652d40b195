/** The machine: Node, git, the data folder and its disk. */
import type { Facts, FolderFacts, GitFacts } from "../facts.ts";
import { ok, problem, warning } from "../finding.ts";
import type { Finding } from "../finding.ts";

const MIN_NODE = 24;

export function judgeNode({ node }: Facts): Finding[] {
  const major = Number(/^\d+/.exec(node)?.[0]);
  if (major >= MIN_NODE) return [ok("Node", node)];
  return [
    problem(
      "Node",
      `This is Node ${node}, and Rollcall needs ${MIN_NODE}.`,
      `Install Node ${MIN_NODE}, or run \`npm ci\`, which brings it, and start with \`npm start\`.`,
      ["start"],
    ),
  ];
}

/** The first version whose partial clones can be read as Rollcall reads them. */
const MIN_GIT = [2, 38] as const;

export function judgeGit(git: GitFacts): Finding[] {
  const install = `Install git ${MIN_GIT.join(".")} or newer where the PATH of Rollcall finds it.`;
  if (git.kind === "missing") return [problem("Git", "There is no git on the PATH.", install, ["git"])];
  if (git.kind === "failed") return [problem("Git", "git does not say its version.", install, ["git"])];
  if (isOlder(git.version)) return [problem("Git", `git ${git.version} is too old.`, install, ["git"])];
  return [ok("Git", git.version)];
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < MIN_GIT[0] || (major === MIN_GIT[0] && minor < MIN_GIT[1]);
}

/** Below this the database soon cannot write its log, which may take 256 MB. */
const LITTLE_BYTES = 500e6;
/** Mirrors may take this much. */
const MIRROR_BYTES = 5e9;
const LITTLE_FILES = 1000;

export function judgeFolder(folder: FolderFacts): Finding[] {
  return [judgeWriting(folder), ...judgeSpace(folder), ...judgeOpenFolders(folder)];
}

/** https://nodejs.org/api/errors.html#common-system-errors */
const WRITE_ERRORS: Readonly<Record<string, readonly [string, string]>> = {
  EROFS: ["is on a read-only file system", "Name a folder on a writable disk, or mount a volume there."],
  EACCES: ["cannot be written by this user", "Give the folder to the user that runs Rollcall."],
  EPERM: ["cannot be written by this user", "Give the folder to the user that runs Rollcall."],
  ENOSPC: ["is on a full disk", "Free some space: `mirrors` in it may be deleted while Rollcall is stopped."],
  EDQUOT: ["is over the disk quota of this user", "Free some space, or raise the quota."],
  ENOTDIR: ["is not a folder", "Name a folder, or move the file away."],
  EEXIST: ["is not a folder", "Name a folder, or move the file away."],
};

function judgeWriting({ path, exists, writeError }: FolderFacts): Finding {
  const name = `DATA_DIR "${path}"`;
  if (writeError === null)
    return ok("Data folder", exists ? `${name} is writable.` : `${name} is made at the first start.`);
  const [says, todo] = WRITE_ERRORS[writeError] ?? [
    `cannot be written (${writeError})`,
    "Name a folder in which Rollcall can write.",
  ];
  return problem("Data folder", `${name} ${says}.`, todo, ["start"]);
}

function judgeSpace({ freeBytes, freeFiles }: FolderFacts): Finding[] {
  if (freeBytes === null) return [];
  if (freeFiles !== null && freeFiles < LITTLE_FILES) {
    return [
      problem("Disk", `The disk has room for ${freeFiles} more files.`, "Delete files.", ["deliveries"]),
    ];
  }
  const free = `${sizeOf(freeBytes)} are free.`;
  if (freeBytes < LITTLE_BYTES) {
    return [
      problem(
        "Disk",
        `Only ${free} PostgreSQL cannot store deliveries on a full disk.`,
        "Free some space, or move DATA_DIR to a larger disk.",
        ["deliveries"],
      ),
    ];
  }
  if (freeBytes < MIRROR_BYTES) {
    return [
      warning(
        "Disk",
        `${free} Fetched commits may take up to 5 GB.`,
        "Give DATA_DIR more space if it has large repositories.",
      ),
    ];
  }
  return [ok("Disk", free)];
}

function sizeOf(bytes: number): string {
  return bytes < 1e9 ? `${Math.floor(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function judgeOpenFolders({ openFolders }: FolderFacts): Finding[] {
  if (openFolders.length === 0) return [];
  const names = openFolders.map((path) => `"${path}"`).join(" and ");
  return [
    warning(
      "Data folder",
      `Other users of this machine can read ${names}, where pushed keys are.`,
      "Run `chmod -R go-rwx` on it.",
    ),
  ];
}
