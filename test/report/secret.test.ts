import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CONFIDENCES, ENCODINGS, KINDS, MODES, PLACES } from "../../src/domain/index.ts";
import { judge, judgeHistory } from "../../src/policy/index.ts";
import { DEFAULT_CONFIGURATION } from "../../src/policy/index.ts";
import {
  renderCheckRun,
  renderHistoryCheck,
  renderIssue,
  renderManyKeysIssue,
  scanFailedCheckRun,
} from "../../src/report/index.ts";
import { pastFinding } from "../support/past-findings.ts";
import {
  atHead,
  HEAD,
  madeFinding,
  madeScope,
  madeSecret,
  NOW,
  PRIVATE,
  PUBLIC,
} from "../support/reported.ts";

/** Any 12 characters of the body, which no redacted form has. */
function holds(output: unknown, key: string): boolean {
  const text = JSON.stringify(output);
  const body = key.slice(8);
  return Array.from({ length: body.length - 12 }, (_, at) => body.slice(at, at + 12)).some((part) =>
    text.includes(part),
  );
}

test("the search for a leaked key finds one", () => {
  const { text } = madeSecret();
  expect(holds({ message: `see ${text.slice(0, 40)}` }, text)).toBe(true);
});

const made = fc.record({
  kind: fc.constantFrom(...KINDS),
  mode: fc.constantFrom(...MODES, null),
  confidence: fc.constantFrom(...CONFIDENCES),
  encoding: fc.constantFrom(...ENCODINGS),
  place: fc.constantFrom(...PLACES),
  dropped: fc.boolean(),
  atHead: fc.boolean(),
  /** The key in its own path, in a gap, in a reason, in an error: everywhere that a stranger can put it. */
  inPath: fc.boolean(),
});

test("no renderer ever shows a key, wherever it is", () => {
  fc.assert(
    fc.property(
      fc.array(made, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(PRIVATE, PUBLIC),
      (all, repository) => {
        const { text: key, secret } = madeSecret();
        const found = all.map(({ inPath, dropped, atHead: standsAtHead, ...rest }, index) => {
          const path = inPath ? `keys/${key}/${index}.ts` : `src/${index}.ts`;
          const judged = atHead(madeFinding({ ...rest, secret, path }));
          return standsAtHead ? { ...judged, dropped } : { ...judged, head: null, dropped };
        });
        const gaps = [{ reason: "timeout", commit: HEAD, path: `a/${key}`, detail: `after ${key}` }] as const;
        const configurationProblems = [{ file: "repository", line: 1, message: `x is ${key}` }] as const;
        const { account, accountCreated, ...rest } = madeFinding({ secret, path: `keys/${key}` });
        const leak = {
          ...rest,
          account,
          accountCreated,
          locations: found.map(({ finding }) => ({ ...finding, repository: PRIVATE })),
          locationCount: found.length,
          countIsLeast: false,
          firstSeen: NOW,
          lastSeen: NOW,
          broughtBy: key,
        };
        const origin = {
          ...pastFinding(madeFinding()).origin,
          author: `${key} <${key}@x>`,
          branches: [key],
          ref: key,
        };
        const [location] = leak.locations;
        const past = location === undefined ? null : { location, origin, isAtTip: true };
        const history = renderHistoryCheck({
          repository,
          defaultBranch: key,
          keys: judgeHistory({
            findings: found.map(({ finding }) => pastFinding(finding, { origin })),
            leaks: new Map(),
            ignoredKeys: new Map(),
            configuration: DEFAULT_CONFIGURATION,
            now: NOW,
          }),
          filing: "issues",
          isTrial: false,
          gaps,
          problem: `git said ${key}`,
          readAt: NOW,
          activities: new Map(),
        });
        const verdict = judge({
          scopes: [madeScope(found, { coverage: { commits: 1, files: 1, gaps } })],
          leaks: new Map(),
          configuration: DEFAULT_CONFIGURATION,
          configurationProblems,
          now: NOW,
        });
        const issue = { labels: [], previousBody: null };
        const marker = "ab".repeat(16);
        const outputs = [
          renderCheckRun({ verdict, head: HEAD, repository }),
          scanFailedCheckRun({ problem: `could not parse ${key}`, mode: "enforce" }),
          history,
          renderIssue({ ...issue, leak, marker }),
          renderIssue({ ...issue, leak: { ...leak, broughtBy: null, past }, marker }),
          renderManyKeysIssue({ ...issue, leaks: [{ ...leak, past }], markers: [marker] }),
        ];
        expect(outputs.filter((output) => holds(output, key))).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});
