/**
 * Sources of commits in memory for tests of src/scan: `FakeSource` returns what a test gives it and records what it was
 * asked. Commit ids are made from names, so a failing test shows `c0…` and not a random id.
 */
import type { CommitScan, Gap, Scope } from "../../src/domain/index.ts";
import { scanContent } from "../../src/scan/index.ts";
import type { ScopeDeps, ScopeRequest, ScopeSource } from "../../src/scan/index.ts";
import type { ChangedFile, CommitContent, RestSource } from "../../src/source/index.ts";
import { NOW } from "./job-context.ts";

/** A name that looks like a commit's. */
export function sha(name: string): string {
  return Buffer.from(name).toString("hex").padEnd(40, "0").slice(0, 40);
}

export function gap(commit: string, reason: Gap["reason"] = "api_failed"): Gap {
  return { reason, commit, path: null, detail: "" };
}

/** A request of which nothing but the scope is known. */
export function requestFor(scope: Scope, fields: Partial<ScopeRequest> = {}): ScopeRequest {
  return {
    scope,
    listedCommits: null,
    commitCount: null,
    forced: false,
    compareNewWith: null,
    exclude: [],
    earlier: [],
    previousHead: null,
    previousCommits: [],
    ...fields,
  };
}

/** One added line of text in one file. */
export function fileOf(text: string, path = "src/pay.ts"): ChangedFile {
  const added = [{ first: 1, last: 1 }];
  return {
    path,
    blob: null,
    content: { kind: "hunks", hunks: [{ newStart: 1, text: Buffer.from(text), added }] },
  };
}

export function commitOf(
  name: string,
  parents: readonly string[],
  fields: Partial<CommitContent> = {},
): CommitContent {
  return {
    sha: sha(name),
    parents: parents.map(sha),
    message: "",
    people: "Ann <ann@example.org>",
    files: [fileOf("nothing to see\n")],
    gaps: [],
    ...fields,
  };
}

/** What one source has, and what it was asked for. */
export class FakeSource implements RestSource, ScopeSource {
  readonly asked: string[] = [];
  readonly has = new Map<string, CommitContent[]>();
  readonly listing: { commits: string[]; gaps: Gap[] } = { commits: [], gaps: [] };
  readonly dropped: { commits: string[]; gaps: Gap[] } = { commits: [], gaps: [] };
  compared: string[] | null = null;

  constructor(...commits: readonly CommitContent[]) {
    for (const commit of commits) this.has.set(commit.sha, [...(this.has.get(commit.sha) ?? []), commit]);
  }

  async *read(commits: readonly string[]): AsyncGenerator<CommitContent> {
    for (const commit of commits) {
      this.asked.push(commit);
      yield* this.has.get(commit) ?? [];
    }
  }

  async readBlob(_blob: string, at: { readonly commit: string; readonly path: string }) {
    return { kind: "gap" as const, gap: gap(at.commit) };
  }

  async compare(base: string, head: string): Promise<string[] | null> {
    this.asked.push(`${base}...${head}`);
    return this.compared;
  }

  async readTag() {
    return { kind: "text" as const, text: "" };
  }

  async readAt(): Promise<Uint8Array | null> {
    return null;
  }

  async list() {
    this.asked.push("list");
    return this.listing;
  }

  async listDropped() {
    this.asked.push("list dropped");
    return this.dropped;
  }
}

export interface FakeDeps extends ScopeDeps {
  readonly rest: FakeSource;
  readonly git: FakeSource;
  readonly remembered: Map<string, CommitScan>;
}

/** Two sources and a record in memory, which keeps what is complete as the real one does. */
export function depsOf(rest: FakeSource, git: FakeSource): FakeDeps {
  const remembered = new Map<string, CommitScan>();
  return {
    rest,
    git,
    remembered,
    record: {
      async find(commits) {
        return new Map([...remembered].filter(([commit]) => commits.includes(commit)));
      },
      async save(scans) {
        for (const scan of scans)
          if (remembered.get(scan.sha)?.gaps.length !== 0) remembered.set(scan.sha, scan);
      },
    },
    scanContent,
    now: NOW,
    signal: new AbortController().signal,
  };
}
