import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Alias, Document } from "yaml";
import type { z } from "zod";
import { redactText } from "../../detect/index.ts";
import { NO_SETTINGS } from "./configuration.ts";
import type {
  ConfigurationFile,
  ConfigurationProblem,
  ParsedConfiguration,
  Setting,
  Settings,
} from "./configuration.ts";
import { fileSchema } from "./configuration-schema.ts";
import type { FileContent } from "./configuration-schema.ts";

/**
 * Parses one configuration file into settings and problems. Each mistake becomes a problem with its line, in words for
 * someone who rarely writes YAML. Rules are kept all or none, and no message repeats a key.
 */

/** 64 KiB: a hundred times a long configuration, and little work for the YAML parser. */
const MAX_FILE_CHARACTERS = 65_536;
/** A live key can be allowed for one year. The two extra days cover time zones and leap years. */
const MAX_ALLOWANCE_MS = 367 * 86_400_000;
const MAX_PROBLEMS = 20;
/** One slip makes the parser report many; the first few point to it. */
const MAX_YAML_MISTAKES = 3;

/** The parser's most common errors, in words for people who rarely write YAML. */
const YAML_MISTAKES: ReadonlyMap<string, string> = new Map([
  ["BAD_INDENT", "the indentation does not match the lines above, or a bracket is not closed"],
  ["DUPLICATE_KEY", "the same key is there twice"],
  ["MISSING_CHAR", "something is missing here, such as a colon, a quote or a bracket"],
  ["MULTIPLE_DOCS", "the file holds more than one document (---)"],
  ["TAB_AS_INDENT", "a tab is used as indentation; use spaces"],
  ["TAG_RESOLVE_FAILED", "tags (!name) are not supported"],
]);

type Path = readonly PropertyKey[];

interface Origin {
  readonly file: ConfigurationFile;
  readonly now: Date;
}

/**
 * Reads one configuration file. Throws for no text: each mistake becomes a problem with its line.
 *
 * @param text the content of the file
 * @param origin `file`: whose it is; `now`: for the end dates of allow rules
 */
export function parseConfiguration(text: string, origin: Origin): ParsedConfiguration {
  if (text.length > MAX_FILE_CHARACTERS)
    return refuse(origin.file, null, `The file is larger than ${MAX_FILE_CHARACTERS / 1024} KiB, the limit.`);

  try {
    return readText(text, origin);
  } catch (error) {
    if (error instanceof RangeError)
      return refuse(origin.file, null, "The file is nested too deeply to be read.");

    throw error;
  }
}

function readText(text: string, origin: Origin): ParsedConfiguration {
  const { file } = origin;
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: "failsafe",
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
  });
  const mistakes = [...document.errors, ...document.warnings];
  if (mistakes.length > 0) {
    const problems = mistakes.slice(0, MAX_YAML_MISTAKES).map((mistake) => ({
      file,
      line: lines.linePos(mistake.pos[0]).line,
      message: `This is not valid YAML: ${YAML_MISTAKES.get(mistake.code) ?? quoted(mistake.message)}.`,
    }));
    return { file, settings: NO_SETTINGS, problems };
  }
  const alias = firstAlias(document);
  if (alias !== null)
    return refuse(file, lineOf(alias, lines), "Aliases (*name) are not supported: write the value out.");

  return isEmpty(document)
    ? { file, settings: NO_SETTINGS, problems: [] }
    : readContent(document, lines, origin);
}

function refuse(file: ConfigurationFile, line: number | null, message: string): ParsedConfiguration {
  return { file, settings: NO_SETTINGS, problems: [{ file, line, message }] };
}

/** A file that exists but cannot be read: the defaults apply, and the check says why. `reason` completes "because …". */
export function unreadableConfiguration(file: ConfigurationFile, reason: string): ParsedConfiguration {
  return refuse(file, null, `The file cannot be read: ${reason}.`);
}

function readContent(document: Document, lines: LineCounter, { file, now }: Origin): ParsedConfiguration {
  const whole = fileSchema.safeParse(toPlain(document));
  const issues = whole.success ? [] : whole.error.issues;
  const problems = issues.flatMap((issue) => problemsOf(issue, file, document, lines));
  for (const issue of issues) removeWrongPart(document, issue);

  const right = whole.success ? whole : fileSchema.safeParse(toPlain(document));
  const settings = right.success ? toSettings(right.data, file, document, lines) : NO_SETTINGS;
  for (const [index, { until }] of settings.allow.entries()) {
    if (until !== null && Date.parse(until) - now.getTime() > MAX_ALLOWANCE_MS) {
      const path = ["allow", index, "until"];
      const message = `${nameOf(path)} must be at most one year from now.`;
      problems.push({ file, line: lineAt(path, document, lines), message });
    }
  }
  return {
    file,
    settings,
    problems: problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)).slice(0, MAX_PROBLEMS),
  };
}

function toPlain(document: Document): unknown {
  return document.toJS({ maxAliasCount: 0 });
}

function problemsOf(
  issue: z.core.$ZodIssue,
  file: ConfigurationFile,
  document: Document,
  lines: LineCounter,
): ConfigurationProblem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      file,
      line: lineAt([...issue.path, key], document, lines),
      message: `${nameOf([...issue.path, quoted(key)])} is not a setting of Rollcall.`,
    }));
  }
  const subject = issue.path.length === 0 ? "The file" : nameOf(issue.path);
  const missing = issue.path.length > 0 && !document.hasIn([...issue.path]);
  return [
    {
      file,
      line: lineAt(issue.path, document, lines),
      message: missing ? `${subject} is missing: it ${issue.message}.` : `${subject} ${issue.message}.`,
    },
  ];
}

/** Drops all rules when one is wrong: half a rule could allow more than its author meant. */
function removeWrongPart(document: Document, issue: z.core.$ZodIssue): void {
  const paths =
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  for (const path of paths) {
    const [top, second] = path;
    if (top === "allow") document.setIn(["allow"], document.createNode([]));
    else if (top === "issues" && second !== undefined) document.deleteIn(["issues", second]);
    else if (top !== undefined) document.deleteIn([top]);
  }
}

function toSettings(
  content: FileContent,
  file: ConfigurationFile,
  document: Document,
  lines: LineCounter,
): Settings {
  function set<Value>(value: Value | undefined, ...path: string[]): Setting<Value> | null {
    return value === undefined ? null : { value, line: lineAt(path, document, lines) };
  }
  const { issues } = content;
  const allow = (content.allow ?? []).map((rule, index) => ({
    ...rule,
    file,
    line: lineAt(["allow", index], document, lines),
  }));
  return {
    mode: set(content.mode, "mode"),
    testKeys: set(content.test_keys, "test_keys"),
    webhookSecrets: set(content.webhook_secrets, "webhook_secrets"),
    lowConfidence: set(content.low_confidence, "low_confidence"),
    verifyKeys: set(content.verify_keys, "verify_keys"),
    verifyAccounts: set(content.verify_accounts, "verify_accounts"),
    attestRole: set(content.attest_role, "attest_role"),
    dismissRole: set(content.dismiss_role, "dismiss_role"),
    history: set(content.history, "history"),
    allow,
    issuesRepository: set(issues?.repository, "issues", "repository"),
    assign: set(issues?.assign, "issues", "assign"),
    labels: set(issues?.labels, "issues", "labels"),
    remindAfter: set(issues?.remind_after, "issues", "remind_after"),
    drill: set(content.drill, "drill"),
  };
}

/** Line of the key or list entry that the path names, or of the nearest thing around it. */
function lineAt(path: Path, document: Document, lines: LineCounter): number {
  let node: unknown = document.contents;
  let line = lineOf(node, lines) ?? 1;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => (isScalar(key) ? key.value : String(key)) === step);
      line = lineOf(pair?.key, lines) ?? line;
      node = pair?.value;
    } else if (isSeq(node) && typeof step === "number") {
      node = node.items[step];
      line = lineOf(node, lines) ?? line;
    } else {
      return line;
    }
  }
  return line;
}

function lineOf(node: unknown, lines: LineCounter): number | null {
  return isNode(node) && node.range ? lines.linePos(node.range[0]).line : null;
}

/** `allow[2].until`, counted from 1 as a person counts. */
function nameOf(path: Path): string {
  return path
    .map((step, index) =>
      typeof step === "number" ? `[${step + 1}]` : `${index === 0 ? "" : "."}${String(step)}`,
    )
    .join("");
}

/** Prepares text of the file for a message: on one line, short, and without any key in it. */
function quoted(text: string): string {
  const line = redactText(text).replace(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}

function firstAlias(document: Document): Alias | null {
  let found: Alias | null = null;
  visit(document, {
    Alias(_key, alias) {
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

function isEmpty(document: Document): boolean {
  const { contents } = document;
  return contents === null || (isScalar(contents) && contents.value === "" && contents.type === "PLAIN");
}
