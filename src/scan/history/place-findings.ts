/**
 * Gives each finding its place: the commit that introduced it, author, date and path, whether the tip of the default branch
 * still has it, and in which branches it is. One pass over the commits, and only if there is something to place.
 */
import { availableParallelism } from "node:os";
import { gapOf } from "../../domain/index.ts";
import type { Finding, Gap, Origin, OriginSource } from "../../domain/index.ts";
import { redactText } from "../../detect/index.ts";
import { CommitGraph, NONE } from "../../objects/index.ts";
import type { ChainOrder, CommitObject, ObjectTable, PackPlaces } from "../../objects/index.ts";
import { listFiles, readChanges, readCommits } from "../../source/index.ts";
import type { HistoryRepository, Refs, UnreadChanges } from "../../source/index.ts";
import { listChangingCommits, readAllCommits } from "./changing-commits.ts";
import type { LinkedCommit } from "./changing-commits.ts";
import { findingAt } from "./found.ts";
import type { FoundObjects } from "./found.ts";
import { Introductions } from "./introductions.ts";
import type { HistoryFinding } from "./origin.ts";
import { Origins } from "./origins.ts";
import type { NamedFinding } from "./ref-names.ts";

/** Changes of files with findings that are looked at: bounds memory where a small tree names one file millions of times. */
const MAX_CHANGES = 300_000;
/** Of commits that only pull requests have. */
const MAX_PULL_CHANGES = 50_000;
/** Git lists the changes of a million commits in minutes. A hostile repository could take days. */
const MAX_LISTING_MS = 3_600_000;
/** Names at known tips that are looked at. What is beyond counts as new, so it may be reported again. */
const MAX_EARLIER_NAMES = 2_000_000;
/** Commits for which another process of git is not worth its start. */
const MIN_PART = 500;

export interface PlacingRequest {
  readonly repository: HistoryRepository;
  readonly table: ObjectTable;
  readonly order: ChainOrder;
  /** Where in packs the objects are; null where git has to look for them. */
  readonly places: PackPlaces | null;
  readonly refs: Refs;
  readonly found: FoundObjects;
  /** Commits before the part of the history that is read. */
  readonly known: readonly string[];
  /** Findings in the names of refs. */
  readonly named: readonly NamedFinding[];
  /** Files with findings of an earlier reading, with the fingerprints. */
  readonly holders: ReadonlyMap<string, readonly string[]>;
  readonly now: Date;
  readonly signal: AbortSignal;
  /** Reads files from before the part of the history that is read; null where all of it is. */
  readonly readEarlier: ((ids: ReadonlySet<string>) => Promise<FoundObjects>) | null;
}

export interface Placed {
  readonly findings: readonly HistoryFinding[];
  /** Fingerprints that files at the tip of the default branch hold. */
  readonly atTip: ReadonlySet<string>;
  readonly gaps: readonly Gap[];
  /** Of commits with findings that only pull requests have: which, or some of them. */
  readonly pulls: ReadonlyMap<string, readonly number[]>;
  readonly unopened: readonly {
    readonly path: string;
    readonly reason: "damaged" | "encrypted" | "unsupported";
  }[];
}

interface Draft {
  readonly finding: Finding;
  readonly commit: string | null;
  readonly source: OriginSource;
  /** The ref whose name holds it. */
  readonly ref?: string;
}

export async function placeFindings(request: PlacingRequest): Promise<Placed> {
  const { repository, table, refs, found, named, signal } = request;
  const isEmpty = found.hits.size + found.unread.length + named.length === 0;
  const isPart = request.readEarlier !== null;
  const introductions = new Introductions(found, request.now, {
    isEarlier: (blob) => isPart && table.findHex(blob) === NONE,
    hasNames: found.has("tree"),
  });
  if (isEmpty) {
    const atTip = await fingerprintsAtTip(request, introductions);
    return { findings: [], gaps: [], pulls: new Map(), atTip, unopened: unopenedIn(found, null) };
  }
  const commits = await readAllCommits(request);
  const graph = new CommitGraph(commits);
  const origins = new Origins(graph, refs);
  const unread = await readIntroductions(request, commits, { graph, origins, introductions });
  if (request.readEarlier !== null) {
    introductions.setEarlier(await request.readEarlier(introductions.earlierBlobs()));
    await readEarlierNames(request, introductions);
  }
  const drafts = [
    ...introductions.list().map(({ commit, finding }) => ({ finding, commit, source: "file" as const })),
    ...messages(found),
    ...loose(found, introductions),
    ...inNames(named),
  ];
  origins.prepare(drafts.flatMap(({ commit }) => commit ?? []));
  const people = await peopleOf(repository, drafts, signal);
  const atTip = await fingerprintsAtTip(request, introductions);
  const findings = drafts.map((draft) => finish(draft, origins, people, atTip));
  return {
    findings: sorted(findings, graph),
    atTip,
    gaps: [...unreadGaps(found, introductions), ...unread],
    pulls: origins.pullsOf(findings.flatMap(({ finding }) => finding.commit ?? [])),
    unopened: unopenedIn(found, introductions),
  };
}

/** The same where there was no time to look for places. */
export function withoutPlaces({ refs, found, named, now }: PlacingRequest): Placed {
  const introductions = new Introductions(found, now, {
    isEarlier: () => false,
    hasNames: found.has("tree"),
  });
  const drafts = [...messages(found), ...loose(found, introductions), ...inNames(named)];
  const graph = new CommitGraph([]);
  const origins = new Origins(graph, refs);
  const findings = drafts.map((draft) => finish(draft, origins, new Map(), new Set()));
  const gap = gapOf({ reason: "timeout", detail: "stopped before the commits were known" });
  return {
    findings: sorted(findings, graph),
    gaps: [gap],
    pulls: new Map(),
    atTip: new Set(),
    unopened: unopenedIn(found, null),
  };
}

/** What is known of the commits. */
interface Placing {
  readonly graph: CommitGraph;
  readonly origins: Origins;
  readonly introductions: Introductions;
}

/** Returns gaps for the commits whose changes are not known. */
async function readIntroductions(
  request: PlacingRequest,
  commits: readonly LinkedCommit[],
  { graph, origins, introductions }: Placing,
): Promise<readonly Gap[]> {
  const { repository, found, signal } = request;
  if (found.blobs().size === 0 && !found.has("tree")) return [];
  // What a pull request alone has comes last: it is no introduction if anything else has it, whatever its date says.
  const rankOf = (commit: string): number =>
    graph.rankOf(commit) + (origins.isOnlyInPulls(commit) ? graph.ids.length : 0);
  const changing = await changingCommits(request, commits);
  const ids = [...graph.order]
    .map((number) => graph.ids[number] ?? "")
    .filter((id) => changing === null || changing.has(id));
  const gaps: Gap[] = [];
  // Whatever a stranger's pull request costs, it costs nothing that is not only in pull requests.
  for (const isPull of [false, true]) {
    const listed = ids.filter((id) => origins.isOnlyInPulls(id) === isPull);
    const budget = {
      changes: isPull ? MAX_PULL_CHANGES : MAX_CHANGES,
      until: performance.now() + MAX_LISTING_MS,
    };
    const parts = Math.min(availableParallelism(), Math.ceil(listed.length / MIN_PART));
    const size = Math.ceil(listed.length / parts);
    const unread = await Promise.all(
      Array.from({ length: parts }, (_, part) =>
        readChanges({
          repository,
          commits: listed.slice(part * size, (part + 1) * size),
          wants: (change) => introductions.wants(change),
          take: (commit, changes) => introductions.add(rankOf(commit), commit, changes),
          budget,
          signal,
        }),
      ),
    );
    gaps.push(...unread.flatMap((each) => changeGaps(each)));
  }
  return gaps;
}

/** Null where every commit may change something of interest. */
async function changingCommits(
  request: PlacingRequest,
  commits: readonly LinkedCommit[],
): Promise<ReadonlySet<string> | null> {
  const { found, readEarlier } = request;
  // Of a part, files of before matter too, and nothing says which of them. Where names were left out, any tree may have one.
  if (readEarlier !== null || (found.isCut && found.has("tree"))) return null;
  return await listChangingCommits(request, commits, found);
}

/** The names in a commit's folders are read again with every change beside them. */
async function readEarlierNames(
  { repository, known, found, signal }: PlacingRequest,
  introductions: Introductions,
): Promise<void> {
  if (!found.has("tree")) return;
  // Where a folder is missing, its names count as new.
  let left = MAX_EARLIER_NAMES;
  const take = (path: string): void => {
    left -= 1;
    introductions.addEarlierPath(path);
  };
  for (const commit of known)
    if (left > 0) await listFiles(repository, commit, take, signal, left).catch(() => null);
}

function inNames(named: readonly NamedFinding[]): readonly Draft[] {
  return named.map(({ finding, ref }) => ({ finding, commit: finding.commit, source: "ref", ref }));
}

/** What is in commits and tags themselves. */
function messages(found: FoundObjects): readonly Draft[] {
  return (["commit", "tag"] as const).flatMap((type) =>
    found.ofType(type).flatMap(([id, hits]) =>
      firsts(hits.map(({ finding }) => ({ ...finding, commit: id }))).map((finding) => ({
        finding,
        commit: id,
        source: type,
      })),
    ),
  );
}

/** What is in files and folders that belong to no commit. */
function loose(found: FoundObjects, introductions: Introductions): readonly Draft[] {
  const files = found
    .ofType("blob")
    .filter(([id]) => introductions.placeOf(id) === null)
    .flatMap(([id, hits]) =>
      firsts(hits.flatMap((hit) => findingAt(hit, "") ?? [])).map((finding) => ({
        finding,
        commit: null,
        id,
      })),
    );
  const placed = new Set(introductions.list().map(({ finding }) => finding.fingerprint));
  const names = found
    .ofType("tree")
    .flatMap(([id, hits]) =>
      firsts(hits.map(({ finding }) => finding)).map((finding) => ({ finding, commit: null, id })),
    )
    .filter(
      ({ finding: { fingerprint } }) => !placed.has(fingerprint) && !introductions.wasInName(fingerprint),
    );
  return [...files, ...names].map(({ finding, commit }) => ({ finding, commit, source: "loose" as const }));
}

/** Each credential once. */
function firsts(findings: readonly Finding[]): readonly Finding[] {
  return [
    ...Map.groupBy(findings, ({ kind, fingerprint, place }) => `${kind} ${fingerprint} ${place}`).values(),
  ].flatMap(([first]) => first ?? []);
}

type People = ReadonlyMap<string, { readonly author: string; readonly date: string | null }>;

async function peopleOf(
  repository: HistoryRepository,
  drafts: readonly Draft[],
  signal: AbortSignal,
): Promise<People> {
  const people = new Map<string, { author: string; date: string | null }>();
  const ids = new Set(drafts.filter(({ source }) => source !== "ref").flatMap(({ commit }) => commit ?? []));
  await readCommits(repository, ids, (id, commit) => people.set(id, authorOf(commit)), signal);
  return people;
}

function authorOf({ people }: CommitObject): { readonly author: string; readonly date: string | null } {
  const [, name = "", seconds, zone] = /^author (.*?) ?(?:(\d{1,12}) ([-+]\d{4}))?$/m.exec(people) ?? [];
  return {
    author: redactText(name),
    date: seconds === undefined ? null : dateOf(Number(seconds), zone ?? "+0000"),
  };
}

/** ISO 8601 in the author's own time zone. */
function dateOf(seconds: number, zone: string): string | null {
  const minutes = (zone.startsWith("-") ? -1 : 1) * (60 * Number(zone.slice(1, 3)) + Number(zone.slice(3)));
  const local = new Date(1000 * (seconds + 60 * minutes));
  if (Number.isNaN(local.getTime()) || local.getUTCFullYear() > 9999) return null;
  return `${local.toISOString().slice(0, 19)}${zone.slice(0, 3)}:${zone.slice(3)}`;
}

async function fingerprintsAtTip(
  { repository, refs, found, holders, signal }: PlacingRequest,
  introductions: Introductions,
): Promise<ReadonlySet<string>> {
  const fingerprints = new Set<string>();
  if (refs.defaultTip === null || found.hits.size + holders.size === 0) return fingerprints;
  const take = (path: string, id: string): void => {
    for (const fingerprint of introductions.fingerprintsIn(path, id)) fingerprints.add(fingerprint);
    for (const fingerprint of holders.get(id) ?? []) fingerprints.add(fingerprint);
  };
  // A tip that cannot be listed is a gap already: its folders are missing.
  await listFiles(repository, refs.defaultTip, take, signal).catch(() => null);
  return fingerprints;
}

function finish(draft: Draft, origins: Origins, people: People, atTip: ReadonlySet<string>): HistoryFinding {
  const { commit, source } = draft;
  const origin =
    commit !== null && (source === "file" || source === "commit")
      ? origins.ofCommit(commit, source)
      : origins.ofObject(commit ?? "", source);
  const who = commit === null ? undefined : people.get(commit);
  const isInFile = origin.source === "file";
  const full: Origin = {
    author: who?.author ?? null,
    date: who?.date ?? null,
    isAtTip: isInFile ? atTip.has(draft.finding.fingerprint) : null,
    ...origin,
    ...(draft.ref === undefined ? {} : { ref: draft.ref }),
  };
  // A note's path only says which object it is about.
  const finding = origin.source === "note" ? { ...draft.finding, path: null } : draft.finding;
  return { finding, origin: full };
}

function sorted(findings: readonly HistoryFinding[], graph: CommitGraph): readonly HistoryFinding[] {
  const keyed = findings.map((each) => ({
    each,
    rank: graph.rankOf(each.finding.commit ?? ""),
    text: [each.finding.commit ?? "", each.finding.path ?? "", each.finding.place].join("\0"),
  }));
  return keyed
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        compare(a.text, b.text) ||
        a.each.finding.line - b.each.finding.line ||
        a.each.finding.column - b.each.finding.column ||
        compare(a.each.finding.fingerprint, b.each.finding.fingerprint),
    )
    .map(({ each }) => each);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function unreadGaps(found: FoundObjects, introductions: Introductions): readonly Gap[] {
  return found.unread.map(({ id, reason, detail }) => {
    const place = introductions.placeOf(id);
    const path = place === null ? null : redactText(place.path);
    return gapOf({ reason, commit: place?.commit ?? null, path, detail, blob: id });
  });
}

function changeGaps({ failed, tooLarge, givenUp }: UnreadChanges): readonly Gap[] {
  const [first] = givenUp;
  const count = givenUp.length.toLocaleString("en-US");
  return [
    ...failed.map((commit) =>
      gapOf({
        reason: "git_failed",
        commit,
        detail: "a folder of the commit is not here, so its files have no place",
      }),
    ),
    // No retry helps: the commit is what it is.
    ...tooLarge.map((commit) =>
      gapOf({
        reason: "too_large",
        commit,
        detail: "it changes more files than can be given a place",
        blob: commit,
      }),
    ),
    ...(first === undefined
      ? []
      : [
          gapOf({
            reason: "too_large",
            commit: first,
            detail: `its files and those of ${count} commits in all are too many to be given a place`,
            blob: first,
          }),
        ]),
  ];
}

/** Archives that were searched without being opened, by their paths. */
export function unopenedIn(found: FoundObjects, introductions: Introductions | null): Placed["unopened"] {
  return found.unopened
    .map(({ id, inside, reason }) => {
      const place = introductions?.placeOf(id)?.path ?? `object ${id.slice(0, 12)}`;
      return { path: redactText(place) + inside, reason };
    })
    .sort((a, b) => compare(a.path, b.path));
}
