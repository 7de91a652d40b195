/** The database: whether it is there, which version it is, and whether its schema is one that this version knows. */
import type { DatabaseFacts, SettingsFacts } from "../facts.ts";
import { ok, problem, warning } from "../finding.ts";
import type { Finding } from "../finding.ts";

/** The newest major version of PostgreSQL that the tests run on. */
const NEWEST_TESTED = 18;

const ADVICE: Readonly<Record<string, string>> = {
  database_unavailable:
    "Check DATABASE_URL, and that the server runs, accepts connections from here, and knows the password.",
  data_folder_in_use: "If nothing runs there, wait 20 seconds and try again.",
  other_database_version: "docs/operations.md says how to move to another version.",
};

export function judgeDatabase(database: DatabaseFacts, settings: SettingsFacts): Finding[] {
  switch (database.kind) {
    case "none_yet":
      return [ok("Database", "none yet: the first start makes one in DATA_DIR.")];
    case "failed":
      return [
        problem(
          "Database",
          database.message,
          ADVICE[database.code] ?? "docs/operations.md describes backup and restore.",
          ["start"],
        ),
      ];
    case "open":
      return judgeOpen(database, settings);
  }
}

function judgeOpen(
  database: Extract<DatabaseFacts, { kind: "open" }>,
  { looksLikePooler }: SettingsFacts,
): Finding[] {
  const { isEmbedded, version, schema, knownSchema } = database;
  const found: Finding[] = [];
  if (schema > knownSchema) {
    found.push(
      problem(
        "Database",
        `The database has schema ${schema}, and this version of Rollcall knows ${knownSchema}.`,
        "Start the newer version again, or restore the copy from before the upgrade.",
        ["start"],
      ),
    );
  }
  if (database.isReadOnly) {
    found.push(
      problem(
        "Database",
        "The server of DATABASE_URL takes no writes: it is a standby, or set to read only.",
        "Name the primary server.",
        ["start"],
      ),
    );
  } else if (!database.mayCreateTables && schema < knownSchema) {
    found.push(
      problem(
        "Database",
        "The user of DATABASE_URL may not create tables, which the first start and upgrades need.",
        "Run `GRANT CREATE ON SCHEMA public TO …` for it.",
        ["start"],
      ),
    );
  }
  if (!database.hasNotifications) {
    const pooler = looksLikePooler
      ? "DATABASE_URL names a pooler in transaction mode"
      : "The database passes on no notifications";
    found.push(
      warning(
        "Database",
        `${pooler}: the queue polls every second instead.`,
        "Name the server itself, or a pooler in session mode.",
      ),
    );
  }
  if (Number.parseInt(version, 10) > NEWEST_TESTED) {
    found.push(
      warning(
        "Database",
        `PostgreSQL ${version} is newer than those that Rollcall is tested with.`,
        `Use 15 to ${NEWEST_TESTED}.`,
      ),
    );
  }
  if (found.some(({ level }) => level === "problem")) return found;
  const where = isEmbedded ? "in DATA_DIR" : "of DATABASE_URL";
  const next =
    schema < knownSchema
      ? `; the next start brings its schema from ${schema} to ${knownSchema}`
      : `, schema ${schema}`;
  return [ok("Database", `PostgreSQL ${version} ${where}${next}.`), ...found];
}
