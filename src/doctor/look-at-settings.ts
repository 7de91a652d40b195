/** Reads the environment and `.env` as the app does, and says what is set without saying to what. */
import { createPrivateKey } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { parseEnv } from "node:util";
import type { SettingsFacts } from "../diagnosis/index.ts";
import { EnvironmentError, parseEnvironment, VARIABLES } from "../server/index.ts";
import type { Environment } from "../server/index.ts";

type Variables = Readonly<Record<string, string | undefined>>;

export interface LookedAtSettings {
  readonly facts: SettingsFacts;
  /** What can be used although something may be wrong elsewhere; null without the app's id and key. */
  readonly usable: Environment | null;
  /** Of the process, and of `.env` where the process has none. */
  readonly variables: Variables;
}

/** Names that programs under Rollcall read: Node, git, npm and the system. */
const KNOWN_ELSEWHERE =
  /^(?:NODE_|npm_|GIT_|POSTGRES_|COMPOSE_|SSL_|PG|LD_|DYLD_)|^(?:https?|all|no)_proxy$|^(?:HTTPS?|ALL|NO)_PROXY$|^(?:PATH|HOME|TZ|LANG|LC_\w+|TMPDIR|NO_SMEE_SETUP)$/;
/** A line of a key that lost its quotes looks like a name, too, and must not be printed. */
const NAME = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;
const MAX_NAME = 30;
/** Base64 that lost its quotes ends in `==`, of which the first ends the name. */
const KEY_END = /^=?$/;

/** @param directory where `.env` is, and where relative paths begin */
export async function lookAtSettings(given: Variables, directory: string): Promise<LookedAtSettings> {
  const file = await readFile(join(directory, ".env"), "utf8").catch(() => null);
  const own = file === null ? {} : parseEnv(file);
  const variables: Variables = { ...own, ...given };
  const { problems, parsed } = parse(variables);
  const usable = parsed !== null && !("setup" in parsed) ? parsed : null;
  const keyPath = variables["PRIVATE_KEY_PATH"] ?? "";
  const address = variables["DATABASE_URL"] ?? "";
  const role = variables["ROLE"];
  return {
    usable,
    variables,
    facts: {
      state: problems.length > 0 ? "wrong" : usable === null ? "none" : "set_up",
      problems,
      hasBothKeys: keyPath !== "" && (variables["PRIVATE_KEY"] ?? "") !== "",
      keyType: usable === null ? null : typeOf(usable.privateKey),
      openFiles: await openOf(directory, [
        ...(file === null ? [] : [".env"]),
        ...(keyPath === "" ? [] : [keyPath]),
      ]),
      unknownNames: Object.entries(own)
        .filter(([, value]) => !KEY_END.test(value ?? ""))
        .map(([name]) => name)
        .filter(
          (name) =>
            NAME.test(name) &&
            name.length <= MAX_NAME &&
            !VARIABLES.includes(name) &&
            !KNOWN_ELSEWHERE.test(name),
        ),
      role: role === "web" || role === "worker" ? role : "all",
      hasOwnServer: address !== "",
      looksLikePooler: /:6543\b|pooler|pgbouncer/i.test(withoutLogin(address)),
      usesStandInForStripe: (variables["STRIPE_API_URL"] ?? "") !== "",
      observes: variables["DEFAULT_MODE"] === "observe",
    },
  };
}

function withoutLogin(address: string): string {
  return address.replace(/^([a-z]+:\/\/)[^/]*@/, "$1");
}

type Parsed = ReturnType<typeof parseEnvironment>;

/** What is wrong, and the environment with the wrong variables left out, so that the rest can be examined. */
function parse(variables: Variables): {
  readonly problems: readonly string[];
  readonly parsed: Parsed | null;
} {
  try {
    return { problems: [], parsed: parseEnvironment(variables) };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { problems: error.problems, parsed: parseRest(variables, error.problems) };
  }
}

/** Only its presence matters here: nothing is signed with it. */
const ANY_SECRET = "not the secret of any webhook";

function parseRest(variables: Variables, problems: readonly string[]): Parsed | null {
  const wrong = new Set(problems.map((text) => /^[A-Z_]+/.exec(text)?.[0] ?? ""));
  const rest = Object.fromEntries(Object.entries(variables).filter(([name]) => !wrong.has(name)));
  // With the wrong one left out, the set-up page would be a misunderstanding.
  const secret = rest["WEBHOOK_SECRET"] ?? ANY_SECRET;
  const role = rest["DATABASE_URL"] === undefined ? {} : { ROLE: rest["ROLE"] };
  try {
    return parseEnvironment({
      ...rest,
      ROLE: undefined,
      ...role,
      NOTIFY_URL: undefined,
      WEBHOOK_SECRET: secret,
    });
  } catch (error) {
    if (error instanceof EnvironmentError) return null;
    throw error;
  }
}

function typeOf(privateKey: string): string | null {
  try {
    return createPrivateKey(privateKey).asymmetricKeyType ?? null;
  } catch {
    return "unreadable";
  }
}

async function openOf(directory: string, names: readonly string[]): Promise<string[]> {
  if (process.platform === "win32") return [];
  const open: string[] = [];
  for (const name of names) {
    const mode = await stat(isAbsolute(name) ? name : join(directory, name)).then(
      (found) => found.mode,
      () => 0,
    );
    if ((mode & 0o077) !== 0) open.push(name);
  }
  return open;
}
