/**
 * Runs Rollcall and other scanners over a generated corpus and prints two tables in Markdown: recall by form, and false
 * alarms by vendor. `npm run -s compare [-- FOLDER]`: FOLDER keeps the installed scanners for the next run.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { FILES_A_ROW, writeCorpus } from "./corpus.ts";
import type { Row } from "./corpus.ts";
import { JOINED } from "./form.ts";
import { secretlint } from "./secretlint.ts";
import type { Missing, Reported, Tool } from "./tool.ts";
import { betterleaks, detectSecrets, gitleaks, kingfisher, rollcall, trufflehog } from "./tools.ts";

/** Files of each row that a scanner reports, by row and by sort of report. */
interface Counts {
  readonly title: string;
  /** By folder of the row. */
  readonly found: ReadonlyMap<string, number>;
}

const kept = process.argv[2];
const root = kept ?? mkdtempSync(join(tmpdir(), "rollcall-compare-"));
const corpus = join(root, "corpus");
rmSync(corpus, { recursive: true, force: true });
mkdirSync(corpus, { recursive: true });
try {
  const rows = writeCorpus(corpus);
  const all = [
    rollcall(),
    ...[secretlint, gitleaks, betterleaks, trufflehog, kingfisher, detectSecrets].map((prepare) => {
      console.error(`preparing ${prepare.name}`);
      return prepare(root);
    }),
  ];
  const tools = all.filter((tool): tool is Tool => "scan" in tool);
  const missing = all.filter((tool): tool is Missing => "missing" in tool);
  console.log(report(rows, tools, missing));
} finally {
  if (kept === undefined) rmSync(root, { recursive: true, force: true });
}

function report(rows: readonly Row[], tools: readonly Tool[], missing: readonly Missing[]): string {
  const recall: Counts[] = [];
  const alarms: Counts[] = [];
  const keys = new Map(rows.filter((row) => row.group === JOINED).flatMap((row) => [...row.keys]));
  const pieces: string[] = [];
  for (const tool of tools) {
    console.error(`running ${tool.name}`);
    const reported = tool.scan(corpus);
    // Recall counts whatever a scanner says of the file; an alarm counts only where it says "Stripe".
    const stripe = reported.filter((found) => found.stripe);
    const whole = reported.filter((found) => {
      const key = keys.get(found.file);
      return key === undefined || found.is(key);
    });
    recall.push(...columns(tool.name, whole));
    const inPieces = new Set(reported.map((found) => found.file).filter((file) => keys.has(file)));
    pieces.push(`${tool.name} ${percent(inPieces.size, keys.size)}`);
    alarms.push(...columns(tool.name, stripe));
  }
  const leaks = rows.filter((row) => row.sort === "leak");
  const harmless = rows.filter((row) => row.sort === "harmless");
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}. Each row has ${FILES_A_ROW} generated files with one key or look-alike each.`,
    tools.map((tool) => `- ${tool.name} ${tool.version}: ${tool.note}`).join("\n"),
    ...(missing.length === 0
      ? []
      : [missing.map((tool) => `- ${tool.name}: not measured (${tool.missing})`).join("\n")]),
    "### Recall: of 100 files with a leaked key, how many are reported, by any rule",
    table(leaks, recall),
    "### False alarms: of 100 files without a leaked Stripe credential, how many are reported as one",
    table(harmless, alarms),
    "### In short, for the README",
    shortTable(leaks, recall, harmless, alarms),
  ].join("\n\n");
}

/** Where a scanner tells weak reports apart, it has two columns: without them and with them. */
function columns(name: string, reported: readonly Reported[]): readonly Counts[] {
  const firm = reported.filter((found) => !found.weak);
  return name === "Rollcall"
    ? [
        { title: name, found: countByRow(firm) },
        { title: `${name}, with low confidence`, found: countByRow(reported) },
      ]
    : [{ title: name, found: countByRow(reported) }];
}

function countByRow(reported: readonly Reported[]): ReadonlyMap<string, number> {
  const files = new Set(reported.map((found) => found.file));
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = relative(corpus, file).split("/").at(0) ?? "";
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return counts;
}

function table(rows: readonly Row[], counts: readonly Counts[]): string {
  const lines = [
    `| | ${counts.map(({ title }) => title).join(" | ")} |`,
    `|---|${"---:|".repeat(counts.length)}`,
  ];
  let group = "";
  for (const row of rows) {
    if (row.group !== group) {
      group = row.group;
      lines.push(`| **${group}** |${" |".repeat(counts.length)}`);
    }
    const cells = counts.map(({ found }) => percent(found.get(row.folder) ?? 0, FILES_A_ROW));
    lines.push(`| ${row.name.replaceAll("|", "\\|")} | ${cells.join(" | ")} |`);
  }
  const totals = counts.map(({ found }) =>
    percent(
      rows.reduce((sum, row) => sum + (found.get(row.folder) ?? 0), 0),
      FILES_A_ROW * rows.length,
    ),
  );
  lines.push(`| **All** | ${totals.map((total) => `**${total}**`).join(" | ")} |`);
  return lines.join("\n");
}

/** One line a group; what Rollcall calls low confidence, and acts on nowhere, is left out. */
function shortTable(
  leaks: readonly Row[],
  recall: readonly Counts[],
  harmless: readonly Row[],
  alarms: readonly Counts[],
): string {
  const firm = (counts: readonly Counts[]): readonly Counts[] =>
    counts.filter(({ title }) => !title.includes(","));
  const lines = (rows: readonly Row[], counts: readonly Counts[], what: string): string[] =>
    [...Map.groupBy(rows, (row) => row.group)].map(([group, members]) => {
      const cells = counts.map(({ found }) =>
        percent(
          members.reduce((sum, row) => sum + (found.get(row.folder) ?? 0), 0),
          FILES_A_ROW * members.length,
        ),
      );
      return `| ${what}: ${group} | ${cells.join(" | ")} |`;
    });
  const shown = firm(recall);
  return [
    `| of 100 files | ${shown.map(({ title }) => title).join(" | ")} |`,
    `|---|${"---:|".repeat(shown.length)}`,
    ...lines(leaks, shown, "Found"),
    ...lines(harmless, firm(alarms), "False alarms"),
  ].join("\n");
}

/** Never 100 where one is missing, never 0 where there is one. */
function percent(part: number, whole: number): string {
  const rounded = Math.round((100 * part) / whole);
  if (part === 0 || part === whole) return String(rounded);
  return String(Math.min(99, Math.max(1, rounded)));
}
