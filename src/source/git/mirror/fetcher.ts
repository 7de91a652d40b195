/**
 * Fetches commits, trees and blobs into a mirror, and nothing else: what to fetch is decided elsewhere. Watches how
 * many bytes arrive, and whether any do. Call with the lock of the mirror held.
 */
import { Buffer } from "node:buffer";
import { GitError } from "../process/git-error.ts";
import { GitProcess } from "../process/git-process.ts";
import type { GitLimits } from "../process/limits.ts";
import { REMOTE } from "./mirror.ts";
import { callRemote } from "./remote.ts";
import type { Remote, RemoteAccess } from "./remote.ts";

/** Where a fetch writes. */
export interface FetchTarget {
  /** Bytes of packs, finished or arriving. */
  packBytes(): Promise<number>;
  /** Removes locks and half-written packs. */
  removeLeftovers(): Promise<void>;
  fetchingEnvironment(
    protocols: readonly string[],
    settings: readonly (readonly [string, string])[],
  ): Record<string, string>;
}

/** One finished fetch, for logs and measurements. */
export interface FetchReport {
  readonly what: "commits" | "blobs" | "history";
  /** Objects or refs that were asked for. */
  readonly wanted: number;
  readonly depth: number | null;
  /** Bytes by which the packs on disk grew. */
  readonly bytes: number;
  readonly milliseconds: number;
}

interface FetchCall {
  readonly what: FetchReport["what"];
  readonly flags: readonly string[];
  /** What to fetch, as lines of standard input. */
  readonly lines: readonly string[];
  readonly depth: number | null;
  readonly settings: readonly (readonly [string, string])[];
  /** Texts that no message may contain: the name of a ref is a stranger's text. */
  readonly secrets: readonly string[];
}

/** Milliseconds between two looks at how much has arrived. */
const WATCH_EVERY = 200;
/** Every depth that git knows. */
const MAX_DEPTH = 2_147_483_647;
const FLAGS = [
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--no-auto-maintenance",
  "--no-show-forced-updates",
  // Progress on standard error shows that the remote is at work before it sends a pack.
  "--progress",
] as const;
const PARTIAL_FLAGS = [...FLAGS, "--filter=blob:none"] as const;

export class Fetcher {
  readonly #mirror: FetchTarget;
  readonly #remote: Remote;
  readonly #limits: GitLimits;
  readonly reports: FetchReport[] = [];

  constructor(mirror: FetchTarget, remote: Remote, limits: GitLimits) {
    this.#mirror = mirror;
    this.#remote = remote;
    this.#limits = limits;
  }

  /**
   * Commits and trees of `depth` commits from each tip (an object id) or ref, without blobs.
   * @throws GitError `not_found` with the ids that the remote refuses
   */
  async commits(
    wanted: { readonly tips: readonly string[]; readonly refs: readonly string[] },
    depth: number,
    signal: AbortSignal,
  ): Promise<void> {
    const lines = [
      ...wanted.tips.map((tip) => `+${tip}:refs/rollcall/${tip}`),
      ...wanted.refs.map(
        (ref) => `+${ref}:refs/rollcall/ref-${Buffer.from(ref).toString("hex").slice(0, 200)}`,
      ),
    ];
    const flags = [...PARTIAL_FLAGS, `--depth=${Math.min(depth, MAX_DEPTH)}`];
    await this.#fetch({ what: "commits", flags, lines, depth, settings: [], secrets: wanted.refs }, signal);
  }

  /** Blobs by name, in one request, the way git itself fetches what a partial clone lacks. */
  async blobs(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const settings = [["fetch.negotiationAlgorithm", "noop"]] as const;
    const call = {
      what: "blobs",
      flags: PARTIAL_FLAGS,
      lines: ids,
      depth: null,
      settings,
      secrets: [],
    } as const;
    await this.#fetch(call, signal);
  }

  /** Everything that these objects lead to and that is not here. */
  async history(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const call = {
      what: "history",
      flags: FLAGS,
      lines: ids,
      depth: null,
      settings: [],
      secrets: [],
    } as const;
    await this.#fetch(call, signal);
  }

  async #fetch(call: FetchCall, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    const before = await this.#mirror.packBytes();
    await callRemote(this.#remote, signal, async (access) => await this.#run(call, access, before, signal));
    const bytes = (await this.#mirror.packBytes()) - before;
    const milliseconds = Math.round(performance.now() - started);
    this.reports.push({
      what: call.what,
      wanted: call.lines.length,
      depth: call.depth,
      bytes,
      milliseconds,
    });
  }

  async #run(call: FetchCall, access: RemoteAccess, before: number, signal: AbortSignal): Promise<void> {
    const git = new GitProcess({
      args: ["fetch", ...call.flags, "--stdin", REMOTE],
      environment: this.#mirror.fetchingEnvironment(this.#remote.protocols, [
        [`remote.${REMOTE}.url`, access.url],
        ...call.settings,
        ...access.settings,
      ]),
      timeLimit: this.#limits.fetchTime,
      idleLimit: this.#limits.idleTime,
      niceness: this.#limits.niceness,
      signal,
      secrets: [...access.secrets, ...call.secrets],
    });
    let arrived = before;
    const look = async (): Promise<void> => {
      const bytes = await this.#mirror.packBytes();
      if (bytes !== arrived) git.keepAlive();
      arrived = bytes;
      const { fetchBytes } = this.#limits;
      if (bytes - before > fetchBytes)
        git.kill(new GitError("too_many_bytes", `The fetch brought more than ${fetchBytes} bytes`));
    };
    const watch = setInterval(() => void look(), WATCH_EVERY);
    try {
      git.endInput(`${call.lines.join("\n")}\n`);
      for await (const chunk of git.output) void chunk;
      await git.done;
    } catch (error) {
      await this.#mirror.removeLeftovers().catch(() => null);
      throw error;
    } finally {
      clearInterval(watch);
    }
  }
}
