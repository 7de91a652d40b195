/**
 * What the issue of leaks says, from the record: the key, everything known of it, and its newest places over all
 * repositories where it was found. It reads the record only.
 */
import { createHash } from "node:crypto";
import type { CurrentRepository } from "../domain/index.ts";
import { renderIssue, renderManyKeysIssue } from "../report/index.ts";
import type { IssueReport, LeakLocation, LeakPast, LeakRecord } from "../report/index.ts";
import { MAX_LOCATIONS } from "../store/index.ts";
import type { FirstPlace, Leak, LeakPlaces } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { knownActivity } from "./key-activity.ts";

/** Places that are read for the table of an issue; more never fit a body. */
const MAX_PLACES = 1000;
/** The same where one issue lists many keys. */
const MAX_PLACES_OF_MANY = 3;

/** What an issue is about: leaks whose issue is, or will be, in this private repository. */
export interface IssueSubject {
  readonly place: CurrentRepository;
  /** Every row of each leak, one for each repository where it was found. */
  readonly rows: readonly Leak[];
  readonly labels: readonly string[];
}

/** An issue as it should be. */
export interface IssueContents {
  readonly report: IssueReport;
  /** Of title and Rollcall's section: equal if nothing needs to be written. */
  readonly digest: string;
  /** How many places are on record. */
  readonly places: number;
  readonly newest: readonly LeakLocation[];
}

/** @param previousBody the body as it is now, whose parts by people stay; null for a new issue */
export async function issueContents(
  context: JobContext,
  { place, rows, labels }: IssueSubject,
  previousBody: string | null,
): Promise<IssueContents> {
  const byKey = Map.groupBy(rows, ({ fingerprint }) => fingerprint);
  const limit = byKey.size === 1 ? MAX_PLACES : MAX_PLACES_OF_MANY;
  const places = await context.record.leaks.newestPlaces(rows, limit);
  const repositories = await repositoriesOf(context, rows);
  const leaks: LeakRecord[] = [];
  const past = await context.record.historyKeys.firstPlaces(rows);
  for (const [fingerprint, group] of byKey) {
    const login = await broughtFirstBy(context, group);
    const activity = await knownActivity(context.record, group);
    const records = recordOf(group, places.get(fingerprint) ?? null, repositories, login);
    const first = pastOf(past.get(fingerprint) ?? null, repositories);
    leaks.push(...records.map((record) => ({ ...record, activity, past: first })));
  }
  const report = rendered(context, place, leaks, labels, previousBody);
  const plain = previousBody === null ? report : rendered(context, place, leaks, labels, null);
  return {
    report,
    digest: digestOf(plain),
    places: leaks.reduce((sum, { locationCount }) => sum + locationCount, 0),
    newest: [...places.values()]
      .flatMap((each) => each.places)
      .toSorted((a, b) => b.foundAt.getTime() - a.foundAt.getTime())
      .flatMap((each) => locationsOf([each], repositories)),
  };
}

function rendered(
  context: JobContext,
  place: CurrentRepository,
  leaks: readonly LeakRecord[],
  labels: readonly string[],
  previousBody: string | null,
): IssueReport {
  const markers = leaks.map(({ fingerprint }) => context.marker(place.id, fingerprint));
  const [leak] = leaks;
  const [marker] = markers;
  return leak !== undefined && marker !== undefined && leaks.length === 1
    ? renderIssue({ leak, marker, labels, previousBody })
    : renderManyKeysIssue({ leaks, markers, labels, previousBody });
}

type Repositories = ReadonlyMap<number, LeakLocation["repository"]>;

async function repositoriesOf(context: JobContext, rows: readonly Leak[]): Promise<Repositories> {
  const repositories = new Map<number, LeakLocation["repository"]>();
  for (const id of new Set(rows.map(({ repositoryId }) => repositoryId))) {
    const known = await context.record.repositories.find(id);
    if (known === null) continue;
    const fullName = `${known.owner}/${known.name}`;
    repositories.set(id, { fullName, url: `${context.githubUrl}/${fullName}` });
  }
  return repositories;
}

/** Login of whoever brought a key first: the author of the pull request, else who pushed it. Null: not known. */
export async function broughtFirstBy(context: JobContext, rows: readonly Leak[]): Promise<string | null> {
  const [first] = rows.toSorted((a, b) => a.foundAt.getTime() - b.foundAt.getTime());
  if (first === undefined) return null;
  const logins = await context.record.scopes.broughtBy(first.repositoryId, first.fingerprint);
  return logins.at(-1) ?? null;
}

/** One leak of its rows: what the first of them found. */
function recordOf(
  rows: readonly Leak[],
  places: LeakPlaces | null,
  repositories: Repositories,
  login: string | null,
): readonly LeakRecord[] {
  const [first] = rows.toSorted((a, b) => a.foundAt.getTime() - b.foundAt.getTime());
  if (first === undefined) return [];
  const { kind, mode, confidence, redacted, fingerprint, account, accountCreated } = first;
  return [
    {
      kind,
      mode,
      confidence,
      redacted,
      fingerprint,
      account,
      accountCreated,
      locations: locationsOf(places?.places ?? [], repositories),
      locationCount: places?.total ?? 0,
      countIsLeast: (places?.total ?? 0) >= MAX_LOCATIONS,
      firstSeen: first.foundAt,
      lastSeen: places?.places[0]?.foundAt ?? null,
      broughtBy: login,
    },
  ];
}

/** How a key came into a history. */
function pastOf(first: FirstPlace | null, repositories: Repositories): LeakPast | null {
  const repository = first === null ? undefined : repositories.get(first.repositoryId);
  if (first === null || repository === undefined) return null;
  const { place, commit, path, line } = first.past.finding;
  return {
    location: { repository, place, commit, path, line },
    origin: first.past.origin,
    isAtTip: first.isAtTip,
  };
}

function locationsOf(places: LeakPlaces["places"], repositories: Repositories): LeakLocation[] {
  return places.flatMap(({ repositoryId, finding: { place, commit, path, line } }) => {
    const repository = repositories.get(repositoryId);
    return repository === undefined ? [] : [{ repository, place, commit, path, line }];
  });
}

function digestOf(report: IssueReport): string {
  return createHash("sha256")
    .update(JSON.stringify([report.title, report.body]))
    .digest("hex")
    .slice(0, 32);
}
