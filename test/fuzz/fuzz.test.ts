/**
 * Hostile input of every sort, as long as you like: `npm run test:fuzz -- --mode 1000000`. Nothing may crash, nothing may be
 * shown unescaped, and what runs beside the webhooks may not hold them up. Time is measured here and in no other test.
 */
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { expect, inject, test } from "vitest";
import { ZodError } from "zod";
import { parsePatch, PatchError } from "../../src/diff/index.ts";
import { EVENTS } from "../../src/events/index.ts";
import { GitHubError, listComments, readIssue, roleOf } from "../../src/github/index.ts";
import { parseConfiguration } from "../../src/policy/configuration/parse-configuration.ts";
import { code, prose, table } from "../../src/report/markdown.ts";
import { scanContent } from "../../src/scan/detection/scan-content.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { tar, zip } from "../../fixtures/archives.ts";
import { changed, payloadOf } from "../support/deliveries.ts";
import { client, SHOP } from "../support/wire.ts";
import { UNPACK_LIMITS } from "../../src/unpack/index.ts";
import { unpacked } from "../support/recording-visitor.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** How many inputs of each sort. */
    fuzzRuns: number;
  }
}

const runs = inject("fuzzRuns");
const NOW = new Date("2026-11-25T12:00:00Z");
const KEY = keyOf("sk_live_", "fuzz");

/** A delivery may wait this long for something else to end. */
const MAX_BLOCK_MS = 50;

/** Does it again where it was slow: the machine may have been busy, or memory may have been collected. */
function timed<Value>(work: () => Value): Value {
  let value: Value;
  for (let attempt = 1; ; attempt += 1) {
    const begun = process.cpuUsage();
    value = work();
    const { user, system } = process.cpuUsage(begun);
    const ms = (user + system) / 1000;
    if (ms <= MAX_BLOCK_MS) return value;
    if (attempt === 5) throw new Error(`It held the process up for ${Math.round(ms)} ms.`);
  }
}

/** Text as attackers write it: Markdown, HTML, control and format characters, keys, and anything. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        KEY,
        "<img src=x onerror=1>",
        "](http://x)",
        "`",
        "```\n",
        "|",
        "@acme/all",
        "#1",
        "\\",
        "\r\n",
      ),
      fc.constantFrom(
        "\u202e",
        "\u0000",
        "\u001b[2J",
        "www.x.org",
        "http://x.org",
        "<!-- rollcall:",
        "&lt;",
        "| - |",
      ),
    ),
    { maxLength: 200 },
  )
  .map((parts) => parts.join(""));

const check = async (property: fc.IAsyncProperty<unknown[]> | fc.IProperty<unknown[]>): Promise<void> => {
  await expect(Promise.resolve(fc.assert(property, { numRuns: runs }))).resolves.toBeUndefined();
};

test("payloads: a delivery gives notices or a ZodError, and no key goes on", async () => {
  const payloads = await Promise.all(
    [
      "push",
      "pull-request-opened",
      "merge-group-checks-requested",
      "issues-edited",
      "installation-created",
    ].map(payloadOf),
  );
  const paths = [
    "ref",
    "before",
    "after",
    "commits",
    "head_commit",
    "repository.name",
    "repository.owner",
    "sender",
    "action",
    "installation",
    "changes",
  ];
  await check(
    fc.property(
      fc.constantFrom(...payloads),
      fc.constantFrom(...paths),
      fc.anything(),
      hostile,
      (payload, path, any, text) => {
        const names = ["ref", "repository.name"].includes(path) ? [text] : [];
        // GitHub makes ids and logins, so no stranger can put a key there.
        for (const value of [any, ...names, [{ id: "c3".repeat(20), added: [text], message: text }]]) {
          for (const event of EVENTS) {
            try {
              const notices = timed(() => event.notices(changedAt(payload, path, value), NOW));
              expect(JSON.stringify(notices)).not.toContain(KEY.slice(25, 80));
            } catch (error) {
              if (!(error instanceof ZodError)) throw error;
            }
          }
        }
      },
    ),
  );
});

function changedAt(payload: Awaited<ReturnType<typeof payloadOf>>, path: string, value: unknown): object {
  try {
    return changed(payload, path, value);
  } catch {
    return payload;
  }
}

test("patches: they are read or refused", async () => {
  expect.hasAssertions();
  const line = fc.oneof(
    hostile,
    fc.constantFrom(
      "@@ -1,3 +1,4 @@",
      "@@ -0,0 +1 @@",
      "@@ -1 +1,99999999999 @@",
      "+++ b/x",
      "--- a/x",
      "\\ No newline at end of file",
    ),
  );
  const patch = fc.array(
    fc.tuple(fc.constantFrom("+", "-", " ", "", "@@"), line).map((parts) => parts.join("")),
    { maxLength: 60 },
  );
  await check(
    fc.property(patch, (lines) => {
      try {
        timed(() => parsePatch(lines.join("\n")));
      } catch (error) {
        if (!(error instanceof PatchError)) throw error;
      }
    }),
  );
});

test("configuration: any text gives settings or problems, without a key in them", async () => {
  const line = fc.oneof(
    hostile,
    fc.constantFrom(
      "mode: observe",
      "allow:",
      "  - paths: ['**/**/**/*']",
      "&a [*a]",
      "? {",
      "- - - -",
      "!!js/function x",
      "drill: {every: 90d}",
    ),
  );
  await check(
    fc.property(fc.array(line, { maxLength: 40 }), fc.constantFrom("owner", "repository"), (lines, file) => {
      const parsed = timed(() => parseConfiguration(lines.join("\n"), { file, now: NOW }));
      expect(JSON.stringify(parsed.problems)).not.toContain(KEY.slice(25, 80));
    }),
  );
});

test("Markdown: what strangers wrote stays text", async () => {
  const markdown = new MarkdownIt({ html: true, linkify: true });
  await check(
    fc.property(hostile, (text) => {
      const shown = timed(() => [code(text), prose(text), table(["a"], [text], (one) => [code(one)], 5000)]);
      const rendered = shown.map((one) => markdown.render(one)).join("");
      expect(rendered).not.toMatch(/<(?:img|a|h\d|pre|ul|ol|blockquote|hr)\b|<!--/);
      expect(rendered).not.toContain(KEY.slice(25, 80));
    }),
  );
});

test("answers of GitHub: any JSON gives an answer or a GitHubError", async () => {
  expect.hasAssertions();
  const { data, octokit } = await answering();
  await check(
    fc.asyncProperty(fc.jsonValue(), hostile, async (json, text) => {
      for (const answer of [
        json,
        [json],
        { number: 1, title: text, html_url: text, state: "open", body: text },
        { user: json },
      ]) {
        data.value = answer;
        for (const ask of [
          () => readIssue(octokit, SHOP, 1),
          () => roleOf(octokit, SHOP, "ann"),
          () => listComments(octokit, SHOP, 1),
        ]) {
          await ask().catch((error: unknown) => {
            if (!(error instanceof GitHubError)) throw error;
          });
        }
      }
    }),
  );
});

/** A client that is answered whatever is set. */
async function answering() {
  const data: { value: unknown } = { value: null };
  const octokit = await client();
  const answer = async () => ({ data: data.value, status: 200, headers: {}, url: "" });
  const rest = {
    issues: { get: answer, listComments: answer },
    repos: { getCollaboratorPermissionLevel: answer },
  };
  Object.assign(octokit, { rest, paginate: async () => data.value });
  return { data, octokit };
}

test("archives: damaged ones are unpacked as far as they go, and searched", async () => {
  const files = [{ name: "a.txt", bytes: Buffer.from(`key = "${KEY}"\n`.repeat(50)) }];
  const archives = [zip(files), await tar(files), gzipSync(files[0]?.bytes ?? "")];
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 });
  await check(
    fc.asyncProperty(fc.constantFrom(...archives), damage, fc.nat(), async (archive, bytes, cut) => {
      const damaged = Buffer.from(archive);
      for (const [at, value] of bytes) damaged[at % damaged.length] = value;
      const part = damaged.subarray(0, damaged.length - (cut % 3 === 0 ? cut % damaged.length : 0));
      for (const path of ["a.zip", "a.tar", "a.gz"]) {
        await unpacked(part, path, UNPACK_LIMITS);
        const content = { kind: "whole", bytes: part, hunks: null } as const;
        const scan = await scanContent({ path, now: NOW, content });
        expect(JSON.stringify(scan)).not.toContain(KEY.slice(25, 80));
      }
    }),
  );
});
