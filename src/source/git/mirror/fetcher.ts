import { Buffer } from "node:buffer";
import { GitError } from "../process/git-error.ts";
import { GitProcess } from "../process/git-process.ts";
import type { GitLimits } from "../process/limits.ts";
import { REMOTE } from "./mirror.ts";
import type { Mirror } from "./mirror.ts";

export interface Remote {
  /** `https://HOST/OWNER/NAME.git`, without credentials. */
  readonly url: string;
  /** The installation token for one fetch; null where the remote asks for none. */
  readonly token: () => Promise<string | null>;
  readonly protocols: readonly string[];
}

/** One finished fetch, for logs and measurements. */
export interface FetchReport {
  readonly what: "commits" | "blobs";
  /** Objects or refs that were asked for. */
  readonly wanted: number;
  readonly depth: number | null;
  /** Bytes by which the packs on disk grew. */
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Milliseconds between two looks at how much has arrived. */
const WATCH_EVERY = 200;
/** Every depth that git knows. */
const WHOLE_HISTORY = 2_147_483_647;
const FLAGS = [
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
  "--no-auto-maintenance",
  "--no-show-forced-updates",
  "--quiet",
  "--filter=blob:none",
] as const;

/** Fetches into a mirror. Call with the lock of the mirror held. */
export class Fetcher {
  readonly #mirror: Mirror;
  readonly #remote: Remote;
  readonly #limits: GitLimits;
  readonly reports: FetchReport[] = [];

  constructor(mirror: Mirror, remote: Remote, limits: GitLimits) {
    this.#mirror = mirror;
    this.#remote = remote;
    this.#limits = limits;
  }

  /**
   * Commits and trees of `depth` commits from each tip (an object id) or ref, without blobs.
   * @throws GitError `not_found` with the ids that the remote does not give.
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
    const flags = [...FLAGS, `--depth=${Math.min(depth, WHOLE_HISTORY)}`];
    await this.#fetch("commits", flags, lines, depth, [], wanted.refs, signal);
    await this.#mirror.trimTips();
  }

  /** Blobs by name, in one request, the way in which git itself fetches what a partial clone lacks. */
  async blobs(ids: readonly string[], signal: AbortSignal): Promise<void> {
    await this.#fetch("blobs", FLAGS, ids, null, [["fetch.negotiationAlgorithm", "noop"]], [], signal);
  }

  async #fetch(
    what: FetchReport["what"],
    flags: readonly string[],
    lines: readonly string[],
    depth: number | null,
    settings: readonly (readonly [string, string])[],
    secrets: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const { url, protocols } = this.#remote;
    const token = await this.#remote.token();
    const basic = token === null ? "" : Buffer.from(`x-access-token:${token}`).toString("base64");
    const header: readonly [string, string][] =
      token === null ? [] : [[`http.${url}.extraHeader`, `Authorization: Basic ${basic}`]];
    const started = performance.now();
    const before = await this.#mirror.packBytes();
    const git = new GitProcess({
      args: ["fetch", ...flags, "--stdin", REMOTE],
      environment: this.#mirror.fetchingEnvironment(protocols, [
        [`remote.${REMOTE}.url`, url],
        ...settings,
        ...header,
      ]),
      timeLimit: this.#limits.fetchTime,
      signal,
      // The name of a ref is a stranger's text as well.
      secrets: [token ?? "", basic, ...secrets],
    });
    const watch = setInterval(() => void this.#stopIfTooMuch(git, before), WATCH_EVERY);
    try {
      git.endInput(`${lines.join("\n")}\n`);
      for await (const chunk of git.output) void chunk;
      await git.done;
    } catch (error) {
      await this.#mirror.removeLeftovers().catch(() => null);
      throw error;
    } finally {
      clearInterval(watch);
    }
    const bytes = (await this.#mirror.packBytes()) - before;
    const milliseconds = Math.round(performance.now() - started);
    this.reports.push({ what, wanted: lines.length, depth, bytes, milliseconds });
  }

  async #stopIfTooMuch(git: GitProcess, before: number): Promise<void> {
    const { fetchBytes } = this.#limits;
    const bytes = (await this.#mirror.packBytes()) - before;
    if (bytes > fetchBytes) {
      git.kill(new GitError("too_many_bytes", `The fetch brought more than ${fetchBytes} bytes`));
    }
  }
}
