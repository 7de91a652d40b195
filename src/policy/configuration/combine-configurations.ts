/**
 * The configuration that applies to a repository, from the owner's file, the repository's file and the operator's
 * default mode.
 *
 * The owner decides; a repository's file may tighten what the owner (or, without an owner's file, the defaults) set.
 * Two things it may do beyond that, and only where the owner has no file: choose what test keys do, and allow test
 * keys. It never loosens anything for a live key, because whoever can push a key can push a file too.
 */
import {
  ATTEST_ROLES,
  DEFAULT_CONFIGURATION,
  DISMISS_ROLES,
  HISTORY_SETTINGS,
  KEY_SETTINGS,
  LOW_CONFIDENCE_SETTINGS,
} from "./configuration.ts";
import type {
  CheckMode,
  Configuration,
  ConfigurationProblem,
  ParsedConfiguration,
  Setting,
  Settings,
} from "./configuration.ts";

/** The files that can apply to one repository, parsed; null if there is none. */
export interface ConfigurationFiles {
  /** The file of the owner's `.github` repository. One that exists and cannot be read is not null: it has a problem. */
  readonly owner: ParsedConfiguration | null;
  readonly repository: ParsedConfiguration | null;
  /** What the operator set for owners whose file does not set `mode`. */
  readonly defaultMode: CheckMode;
}

export interface CombinedConfiguration {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Combines the files. A file with a mistake in it can tighten and never loosen; a setting that a file may not make
 * becomes a problem with its line.
 */
export function combineConfigurations(files: ConfigurationFiles): CombinedConfiguration {
  const { owner, repository, defaultMode } = files;
  const base = ownersConfiguration(owner, defaultMode);
  if (repository === null) return { configuration: base, problems: owner?.problems ?? [] };
  const { settings } = repository;
  const sound = repository.problems.length === 0;
  const free = owner === null && sound;
  const tight = tightened(base, settings);
  const configuration: Configuration = {
    ...tight,
    testKeys: free ? (settings.testKeys?.value ?? base.testKeys) : tight.testKeys,
    allow: free ? [...base.allow, ...settings.allow] : base.allow,
    issues: owner === null ? replaced(base, settings) : added(base, settings),
  };
  const refused = refusals(base, settings, owner !== null);
  return {
    configuration,
    problems: [
      ...(owner?.problems ?? []),
      ...repository.problems,
      ...refused.map((refusal) => ({ file: "repository" as const, ...refusal })),
    ],
  };
}

/** The configuration before the repository's file. */
function ownersConfiguration(owner: ParsedConfiguration | null, defaultMode: CheckMode): Configuration {
  const defaults: Configuration = { ...DEFAULT_CONFIGURATION, mode: defaultMode };
  if (owner === null) return defaults;
  const { settings } = owner;
  const issues = {
    ...replaced(defaults, settings),
    repository: settings.issuesRepository?.value ?? defaults.issues.repository,
  };
  if (owner.problems.length > 0) {
    return {
      ...tightened(DEFAULT_CONFIGURATION, settings),
      attestRole: stricter(ATTEST_ROLES, defaults.attestRole, settings.attestRole),
      dismissRole: stricter(DISMISS_ROLES, defaults.dismissRole, settings.dismissRole),
      history: stricter(HISTORY_SETTINGS, defaults.history, settings.history),
      issues,
      drill: settings.drill?.value ?? defaults.drill,
    };
  }
  return {
    mode: settings.mode?.value ?? defaults.mode,
    testKeys: settings.testKeys?.value ?? defaults.testKeys,
    webhookSecrets: settings.webhookSecrets?.value ?? defaults.webhookSecrets,
    lowConfidence: settings.lowConfidence?.value ?? defaults.lowConfidence,
    verifyKeys: settings.verifyKeys?.value ?? defaults.verifyKeys,
    verifyAccounts: settings.verifyAccounts?.value ?? defaults.verifyAccounts,
    attestRole: settings.attestRole?.value ?? defaults.attestRole,
    dismissRole: settings.dismissRole?.value ?? defaults.dismissRole,
    history: settings.history?.value ?? defaults.history,
    allow: settings.allow,
    issues,
    drill: settings.drill?.value ?? defaults.drill,
  };
}

/** Recipients of an issue are neither strict nor loose: a file that names people replaces the defaults. */
function replaced(base: Configuration, settings: Settings): Configuration["issues"] {
  return {
    repository: base.issues.repository,
    assign: settings.assign?.value ?? base.issues.assign,
    labels: settings.labels?.value ?? base.issues.labels,
    remindAfter: settings.remindAfter?.value ?? base.issues.remindAfter,
  };
}

/** A repository adds its own people, labels and days to its owner's. */
function added(base: Configuration, settings: Settings): Configuration["issues"] {
  return {
    repository: base.issues.repository,
    assign: union(base.issues.assign, settings.assign),
    labels: union(base.issues.labels, settings.labels),
    remindAfter: union(base.issues.remindAfter, settings.remindAfter).toSorted((a, b) => a - b),
  };
}

function union<Value>(a: readonly Value[], b: Setting<readonly Value[]> | null): Value[] {
  return [...new Set([...a, ...(b?.value ?? [])])];
}

/** The ordered settings, which a file with a mistake, or a repository's file, may still tighten. */
function tightened(base: Configuration, settings: Settings): Configuration {
  return {
    ...base,
    testKeys: stricter(KEY_SETTINGS, base.testKeys, settings.testKeys),
    webhookSecrets: stricter(KEY_SETTINGS, base.webhookSecrets, settings.webhookSecrets),
    lowConfidence: stricter(LOW_CONFIDENCE_SETTINGS, base.lowConfidence, settings.lowConfidence),
  };
}

/** @param order from loosest to strictest */
function stricter<Value>(order: readonly Value[], base: Value, setting: Setting<Value> | null): Value {
  return setting !== null && order.indexOf(setting.value) > order.indexOf(base) ? setting.value : base;
}

interface Refusal {
  readonly line: number;
  readonly message: string;
}

const OWNERS_ALONE = [
  ["mode", "mode"],
  ["verify_keys", "verifyKeys"],
  ["verify_accounts", "verifyAccounts"],
  ["attest_role", "attestRole"],
  ["dismiss_role", "dismissRole"],
  ["history", "history"],
  ["issues.repository", "issuesRepository"],
  ["drill", "drill"],
] as const satisfies readonly (readonly [string, keyof Settings])[];

/** The settings of a repository's file that do not apply, in order of lines. */
function refusals(base: Configuration, settings: Settings, hasOwnersFile: boolean): Refusal[] {
  const refused: Refusal[] = [];
  for (const [spelling, name] of OWNERS_ALONE) {
    const setting = settings[name];
    // `mode: enforce` changes nothing if it applies anyway.
    if (setting === null || (name === "mode" && setting.value === base.mode)) continue;
    refused.push({
      line: setting.line,
      message: `Only the owner's configuration can set ${spelling}. Put it in .github/rollcall.yml of the owner's .github repository.`,
    });
  }
  const looser = (
    spelling: string,
    order: readonly string[],
    current: string,
    setting: Setting<string> | null,
  ): void => {
    if (setting === null || order.indexOf(setting.value) >= order.indexOf(current)) return;
    const source = hasOwnersFile ? "the owner's configuration sets" : "is the default";
    refused.push({
      line: setting.line,
      message: `${spelling}: ${setting.value} is looser than ${current}, which ${source}. A repository can only tighten it.`,
    });
  };
  if (hasOwnersFile) looser("test_keys", KEY_SETTINGS, base.testKeys, settings.testKeys);
  looser("webhook_secrets", KEY_SETTINGS, base.webhookSecrets, settings.webhookSecrets);
  looser("low_confidence", LOW_CONFIDENCE_SETTINGS, base.lowConfidence, settings.lowConfidence);
  if (hasOwnersFile) {
    for (const { line } of settings.allow) {
      refused.push({
        line,
        message:
          "This allow rule does not apply: the owner has a configuration, and allow rules belong there.",
      });
    }
  }
  return refused.toSorted((a, b) => a.line - b.line);
}
