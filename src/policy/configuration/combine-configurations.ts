import {
  CHECK_MODES,
  DEFAULT_CONFIGURATION,
  DISMISS_ROLES,
  KEY_SETTINGS,
  LOW_CONFIDENCE_SETTINGS,
} from "./configuration.ts";
import type {
  Configuration,
  ConfigurationProblem,
  ParsedConfiguration,
  Setting,
  Settings,
} from "./configuration.ts";

/**
 * The configuration that holds for a repository. Where the owner's file exists, the repository's may only tighten
 * it, and what it says beyond that becomes a problem. A file with a mistake in it tightens the defaults, or the
 * owner's file, and loosens nothing.
 *
 * @param owner the file of the owner's `.github` repository; null where there is none
 * @param repository the repository's own; null where there is none
 */
export function combineConfigurations(
  owner: ParsedConfiguration | null,
  repository: ParsedConfiguration | null,
): { readonly configuration: Configuration; readonly problems: readonly ConfigurationProblem[] } {
  const alone = owner ?? repository;
  if (alone === null) {
    return { configuration: DEFAULT_CONFIGURATION, problems: [] };
  }
  const base =
    alone.problems.length === 0
      ? replaceBy(DEFAULT_CONFIGURATION, alone.settings)
      : withOwn(stricterOf(DEFAULT_CONFIGURATION, alone.settings), alone.settings);
  if (owner === null || repository === null) {
    return { configuration: base, problems: alone.problems };
  }
  return {
    configuration: additionsOf(
      stricterOf(base, { ...repository.settings, mode: null, dismissRole: null }),
      repository.settings,
    ),
    problems: [
      ...owner.problems,
      ...repository.problems,
      ...refusals(base, repository.settings).map((refusal) => ({ file: "repository" as const, ...refusal })),
    ],
  };
}

function replaceBy(base: Configuration, settings: Settings): Configuration {
  return withOwn(
    {
      ...base,
      mode: settings.mode?.value ?? base.mode,
      testKeys: settings.testKeys?.value ?? base.testKeys,
      webhookSecrets: settings.webhookSecrets?.value ?? base.webhookSecrets,
      lowConfidence: settings.lowConfidence?.value ?? base.lowConfidence,
      verifyKeys: settings.verifyKeys?.value ?? base.verifyKeys,
      verifyAccounts: settings.verifyAccounts?.value ?? base.verifyAccounts,
      dismissRole: settings.dismissRole?.value ?? base.dismissRole,
      allow: settings.allow,
    },
    settings,
  );
}

/** Where issues go and who hears of them: neither strict nor loose. */
function withOwn(base: Configuration, settings: Settings): Configuration {
  return {
    ...base,
    issues: {
      repository: settings.issuesRepository?.value ?? base.issues.repository,
      assign: settings.assign?.value ?? base.issues.assign,
      labels: settings.labels?.value ?? base.issues.labels,
      remindAfter: settings.remindAfter?.value ?? base.issues.remindAfter,
    },
  };
}

/** The stricter of the two for everything that has an order; the rest as in `base`. */
function stricterOf(base: Configuration, settings: Settings): Configuration {
  return {
    ...base,
    mode: stricter(CHECK_MODES, base.mode, settings.mode),
    testKeys: stricter(KEY_SETTINGS, base.testKeys, settings.testKeys),
    webhookSecrets: stricter(KEY_SETTINGS, base.webhookSecrets, settings.webhookSecrets),
    lowConfidence: stricter(LOW_CONFIDENCE_SETTINGS, base.lowConfidence, settings.lowConfidence),
    dismissRole: stricter(DISMISS_ROLES, base.dismissRole, settings.dismissRole),
  };
}

/** A repository adds its own people, labels and days to those of its owner. */
function additionsOf(base: Configuration, settings: Settings): Configuration {
  const union = <Value>(a: readonly Value[], b: Setting<readonly Value[]> | null): Value[] => [
    ...new Set([...a, ...(b?.value ?? [])]),
  ];
  return {
    ...base,
    issues: {
      ...base.issues,
      assign: union(base.issues.assign, settings.assign),
      labels: union(base.issues.labels, settings.labels),
      remindAfter: union(base.issues.remindAfter, settings.remindAfter).toSorted((a, b) => a - b),
    },
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

/** What a repository's file asks for and does not get because of its owner's, in order of lines. */
function refusals(base: Configuration, settings: Settings): Refusal[] {
  const ownersAlone: readonly (readonly [string, Setting<unknown> | null])[] = [
    ["mode", settings.mode],
    ["verify_keys", settings.verifyKeys],
    ["verify_accounts", settings.verifyAccounts],
    ["dismiss_role", settings.dismissRole],
    ["issues.repository", settings.issuesRepository],
  ];
  const refused: (Refusal | null)[] = [
    ...ownersAlone.map(([name, setting]) =>
      setting === null
        ? null
        : {
            line: setting.line,
            message: `${name} is decided by the owner's configuration alone and has no effect here.`,
          },
    ),
    looser("test_keys", KEY_SETTINGS, base.testKeys, settings.testKeys),
    looser("webhook_secrets", KEY_SETTINGS, base.webhookSecrets, settings.webhookSecrets),
    looser("low_confidence", LOW_CONFIDENCE_SETTINGS, base.lowConfidence, settings.lowConfidence),
    ...settings.allow.map(({ line }) => ({
      line,
      message: "This allow rule has no effect: the owner has a configuration, and rules belong there.",
    })),
  ];
  return refused.filter((refusal) => refusal !== null).toSorted((a, b) => a.line - b.line);
}

function looser(
  name: string,
  order: readonly string[],
  base: string,
  setting: Setting<string> | null,
): Refusal | null {
  return setting === null || order.indexOf(setting.value) >= order.indexOf(base)
    ? null
    : {
        line: setting.line,
        message: `${name}: ${setting.value} is looser than ${base}, which the owner's configuration sets and which applies.`,
      };
}
