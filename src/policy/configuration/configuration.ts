import { ROLES } from "../../domain/index.ts";
import type { Role } from "../../domain/index.ts";

/**
 * What the owner of a repository decides: the words and defaults of `.github/rollcall.yml`.
 * Each value is plain data: it survives JSON unchanged.
 */

/** From loosest to strictest, as are the lists below. */
export const CHECK_MODES = ["observe", "enforce"] as const;
export type CheckMode = (typeof CHECK_MODES)[number];

export const KEY_SETTINGS = ["ignore", "warn", "fail"] as const;
type KeySetting = (typeof KEY_SETTINGS)[number];

export const LOW_CONFIDENCE_SETTINGS = ["ignore", "notice", "warn", "fail"] as const;
export type LowConfidenceSetting = (typeof LOW_CONFIDENCE_SETTINGS)[number];

/** Who may say that a key is rolled. */
export const ATTEST_ROLES = ROLES;

export const DISMISS_ROLES = ["write", "maintain", "admin"] as const;
type DismissRole = (typeof DISMISS_ROLES)[number];

/** What becomes of the keys that the history from before the installation holds. */
export const HISTORY_SETTINGS = ["off", "summary", "issues"] as const;
export type HistorySetting = (typeof HISTORY_SETTINGS)[number];

/** Whose file: the repository's own, or the one in the owner's `.github` repository. */
export type ConfigurationFile = "repository" | "owner";

interface RuleOrigin {
  /** Why, in the words of the configuration's author. */
  readonly reason: string;
  readonly file: ConfigurationFile;
  /** Where the rule begins in that file, from 1. */
  readonly line: number;
}

/** One credential, live or not, until the end of a day (UTC, `YYYY-MM-DD`) at most a year after it was read. */
interface FingerprintRule extends RuleOrigin {
  readonly kind: "fingerprint";
  readonly fingerprint: string;
  readonly until: string;
}

/** Test keys in files whose path matches one of the globs. */
export interface PathRule extends RuleOrigin {
  readonly kind: "paths";
  readonly paths: readonly string[];
  readonly until: string | null;
}

export type AllowRule = FingerprintRule | PathRule;

export interface Configuration {
  /** `observe`: checks are neutral at most, and no issue is opened. */
  readonly mode: CheckMode;
  readonly testKeys: KeySetting;
  readonly webhookSecrets: KeySetting;
  readonly lowConfidence: LowConfidenceSetting;
  /** Ask Stripe whether a found key is still active. */
  readonly verifyKeys: boolean;
  /** `acct_…`; empty for no restriction. */
  readonly verifyAccounts: readonly string[];
  /** The least role whose closing of an issue as completed says that the key is rolled. */
  readonly attestRole: Role;
  /** The least role that may accept a gap or dismiss a leak. */
  readonly dismissRole: DismissRole;
  /** `issues`: as a push would; `summary`: only in the summary of the owner; `off`: histories are not read. */
  readonly history: HistorySetting;
  readonly allow: readonly AllowRule[];
  readonly issues: {
    /** `owner/name` of the private repository that gets the details; null for the repository of the leak. */
    readonly repository: string | null;
    readonly assign: readonly string[];
    readonly labels: readonly string[];
    /** Days after the issue was opened, ascending. */
    readonly remindAfter: readonly number[];
  };
  /** How often the people of the owner practise rolling a key; null: never. */
  readonly drill: Drill | null;
}

export interface Drill {
  readonly everyDays: number;
  /** Who is assigned to the drill, and to what they leave undone. */
  readonly assign: readonly string[];
}

export const DEFAULT_CONFIGURATION: Configuration = {
  mode: "enforce",
  testKeys: "warn",
  webhookSecrets: "fail",
  lowConfidence: "notice",
  verifyKeys: false,
  verifyAccounts: [],
  attestRole: "write",
  dismissRole: "maintain",
  history: "issues",
  allow: [],
  issues: { repository: null, assign: [], labels: ["security"], remindAfter: [1, 3, 7] },
  drill: null,
};

export interface ConfigurationProblem {
  /** Which file is wrong. */
  readonly file: ConfigurationFile;
  /** From 1; null if the problem is the file as a whole. */
  readonly line: number | null;
  /** One sentence for a person. Contains text of the file: escape it before showing it. */
  readonly message: string;
}

/** A value that a file sets, and the line at which it does. */
export interface Setting<Value> {
  readonly value: Value;
  readonly line: number;
}

/** The valid settings of one file; null for those it does not set. */
export interface Settings {
  readonly mode: Setting<CheckMode> | null;
  readonly testKeys: Setting<KeySetting> | null;
  readonly webhookSecrets: Setting<KeySetting> | null;
  readonly lowConfidence: Setting<LowConfidenceSetting> | null;
  readonly verifyKeys: Setting<boolean> | null;
  readonly verifyAccounts: Setting<readonly string[]> | null;
  readonly attestRole: Setting<Role> | null;
  readonly dismissRole: Setting<DismissRole> | null;
  readonly history: Setting<HistorySetting> | null;
  readonly allow: readonly AllowRule[];
  readonly issuesRepository: Setting<string> | null;
  readonly assign: Setting<readonly string[]> | null;
  readonly labels: Setting<readonly string[]> | null;
  readonly remindAfter: Setting<readonly number[]> | null;
  readonly drill: Setting<Drill> | null;
}

export const NO_SETTINGS: Settings = {
  mode: null,
  testKeys: null,
  webhookSecrets: null,
  lowConfidence: null,
  verifyKeys: null,
  verifyAccounts: null,
  attestRole: null,
  dismissRole: null,
  history: null,
  allow: [],
  issuesRepository: null,
  assign: null,
  labels: null,
  remindAfter: null,
  drill: null,
};

/** One parsed configuration file. If it has a problem, it may make the check stricter, never looser. */
export interface ParsedConfiguration {
  readonly file: ConfigurationFile;
  readonly settings: Settings;
  readonly problems: readonly ConfigurationProblem[];
}
