import { NO_FACTS } from "../../src/domain/index.ts";
import type { Notice, Repository, Scope } from "../../src/domain/index.ts";
import { PARENT, SHA } from "./rest-answers.ts";

export type ScopeNotice = Extract<Notice, { kind: "scope" }>;

export const MAIN: Extract<Scope, { kind: "push" }> = {
  kind: "push",
  ref: "refs/heads/main",
  before: PARENT,
  after: SHA,
};
export const PULL: Extract<Scope, { kind: "pull_request" }> = {
  kind: "pull_request",
  number: 7,
  base: PARENT,
  head: SHA,
};
export const NOON = new Date("2026-11-21T12:00:00Z");

/** The notice of a push of one commit to main, unless told otherwise. */
export function aNotice(repository: Repository, fields: Partial<ScopeNotice> = {}): ScopeNotice {
  return {
    kind: "scope",
    repository,
    scope: MAIN,
    facts: { ...NO_FACTS, listedCommits: [SHA], commitCount: 1, previousHead: PARENT },
    trust: { kind: "writer" },
    asOf: NOON,
    isNewCommit: true,
    lane: "trusted",
    ...fields,
  };
}
