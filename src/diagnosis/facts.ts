/**
 * What was found out about one installation of Rollcall, before anything is judged. The room `doctor` gathers it. Nothing
 * in it is a secret: of a secret only whether it is there, and of what kind.
 */

export interface Facts {
  readonly at: Date;
  /** Of Rollcall. */
  readonly version: string;
  /** Of Node, such as `24.21.0`. */
  readonly node: string;
  readonly settings: SettingsFacts;
  readonly git: GitFacts;
  readonly folder: FolderFacts;
  readonly database: DatabaseFacts;
  /** Null: the app's id or key is missing or wrong, so GitHub was not asked. */
  readonly github: GitHubFacts | null;
}

/** The environment and `.env`. */
export interface SettingsFacts {
  /** `none`: nothing is set, so `npm start` would open the set-up page. */
  readonly state: "set_up" | "none" | "wrong";
  /** What is missing or wrong, each named by its variable and without its value. */
  readonly problems: readonly string[];
  /** `PRIVATE_KEY` and `PRIVATE_KEY_PATH` are both set. */
  readonly hasBothKeys: boolean;
  /** `rsa`, or what else the private key is; null if there is none that can be read. */
  readonly keyType: string | null;
  /** Files with secrets in them that other users of this machine may read. */
  readonly openFiles: readonly string[];
  /** Names in `.env` that Rollcall does not know. */
  readonly unknownNames: readonly string[];
  readonly role: "all" | "web" | "worker";
  readonly hasOwnServer: boolean;
  /** The address of the database has the port or name of a pooler in transaction mode. */
  readonly looksLikePooler: boolean;
  readonly usesStandInForStripe: boolean;
  readonly observes: boolean;
}

export type GitFacts =
  | { readonly kind: "found"; readonly version: string }
  | { readonly kind: "missing" }
  /** It is there and does not say its version. */
  | { readonly kind: "failed" };

/** `DATA_DIR`. */
export interface FolderFacts {
  readonly path: string;
  readonly exists: boolean;
  /** The code of the error when a file was written to it, such as `EROFS`; null if that worked. */
  readonly writeError: string | null;
  /** Folders in it that other users of this machine may read. */
  readonly openFolders: readonly string[];
  /** Null: the system does not say. */
  readonly freeBytes: number | null;
  readonly freeFiles: number | null;
}

export type DatabaseFacts =
  /** There is none in the data folder yet; the first start makes it. */
  | { readonly kind: "none_yet" }
  /** The message is Rollcall's own, without the address. */
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  | {
      readonly kind: "open";
      readonly isEmbedded: boolean;
      /** PostgreSQL's own, such as `18.4`. */
      readonly version: string;
      readonly schema: number;
      /** The newest schema that this version of Rollcall knows. */
      readonly knownSchema: number;
      /** A standby, or a database set to read only. */
      readonly isReadOnly: boolean;
      readonly mayCreateTables: boolean;
      /** Whether one connection hears of another; not so behind a pooler in transaction mode. */
      readonly hasNotifications: boolean;
    };

/** The answer to one question to GitHub. */
export type Asked<Value> =
  | { readonly kind: "answered"; readonly value: Value }
  /** The code of a GitHubError. */
  | { readonly kind: "failed"; readonly code: string; readonly isUnknownApp: boolean }
  /** An earlier question failed, so this one would, too. */
  | { readonly kind: "not_asked" };

export interface GitHubFacts {
  /** `https://api.github.com` and not a GitHub Enterprise Server. */
  readonly isPublic: boolean;
  readonly clock:
    | { readonly kind: "read"; readonly aheadMs: number }
    | { readonly kind: "no_date" }
    | { readonly kind: "unreachable" };
  readonly app: Asked<AppFacts>;
  readonly installations: Asked<{
    readonly installations: readonly InstallationFacts[];
    /** False: there are more. */
    readonly isWhole: boolean;
  }>;
  readonly hook: Asked<HookFacts>;
  /** The newest first. */
  readonly attempts: Asked<readonly AttemptFacts[]>;
  /** What an unsigned request to the webhook's URL got, from this machine; null if it was not made. */
  readonly door:
    | { readonly kind: "answered"; readonly status: number }
    | { readonly kind: "unreachable"; readonly code: string }
    | null;
  /** What app.yml asks for. */
  readonly wanted: Granted;
}

export interface Granted {
  /** Level by name, such as `checks: write`. */
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

export interface AppFacts extends Granted {
  readonly slug: string;
  readonly page: string;
}

export interface InstallationFacts extends Granted {
  readonly account: string;
  readonly page: string;
  readonly isSuspended: boolean;
  readonly isSelection: boolean;
  /** Whether the app is installed on the account's `.github`; null: not asked. */
  readonly hasOwnersFile: boolean | null;
}

export interface HookFacts {
  readonly url: string;
  readonly contentType: string;
  readonly verifiesCertificate: boolean;
  readonly hasSecret: boolean;
}

export interface AttemptFacts {
  readonly guid: string;
  readonly at: Date;
  readonly event: string;
  readonly statusCode: number;
  readonly status: string;
}
