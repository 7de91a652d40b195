/**
 * Each mistake that an operator makes is planted alone, in the real surroundings: the command as a process, the local
 * GitHub, PostgreSQL, git. The doctor has to name it and say what to do.
 */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../fixtures/free-port.ts";
import { createLog } from "../../src/server/log.ts";
import { migrate, openDatabase } from "../../src/store/index.ts";
import { testDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { aPatient, DOCTOR_SECRET, examine, newPrivateKey, runProcess } from "../support/doctor-run.ts";
import type { DoctorReport, Patient } from "../support/doctor-run.ts";
import { installApp } from "../support/installed-app.ts";

const PERMISSIONS = {
  metadata: "read",
  contents: "read",
  checks: "write",
  issues: "write",
  pull_requests: "read",
  merge_queues: "read",
} as const;

/** The finding about one thing that is no `ok`, with what to do. */
function complaint(report: DoctorReport, about: string): string {
  const found = report.findings.filter((finding) => finding.about === about && finding.level !== "ok");
  expect(found.map(({ todo }) => todo)).not.toContain(null);
  return found.map(({ level, says, todo }) => `${level}: ${says} ${todo ?? ""}`).join("\n");
}

function stopped({ cannot }: DoctorReport): string[] {
  return cannot.map(({ what }) => what);
}

/** Something else behind the webhook that answers everything with this status. */
async function anotherServer(status: number): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status).end();
  });
  const port = await freePort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${port}`;
}

async function aDatabase(migrated = true): Promise<TestDatabase> {
  const opened = await testDatabase({ migrated });
  onTestFinished(() => opened.close());
  return opened;
}

/** A folder with a `git` that runs this line of shell, for the front of PATH. */
async function aGit({ directory }: Patient, line: string): Promise<string> {
  const folder = join(directory, "programs");
  await mkdir(folder);
  await writeFile(join(folder, "git"), `#!/bin/sh\n${line}\n`);
  await chmod(join(folder, "git"), 0o755);
  return folder;
}

describe("the app", () => {
  test("whose private key is another's", async () => {
    const report = await examine(await aPatient(), { PRIVATE_KEY: newPrivateKey() });
    expect(complaint(report, "App")).toContain("GitHub does not accept the private key");
    expect(stopped(report)).toContain("write checks");
  });

  test("whose id is another's", async () => {
    const report = await examine(await aPatient(), { APP_ID: "4712" });
    expect(complaint(report, "App")).toMatch(/knows no app with this APP_ID.*Copy \*\*App ID\*\*/);
  });

  test("that lacks a permission", async () => {
    const { checks: _checks, ...permissions } = PERMISSIONS;
    const report = await examine(await aPatient({ app: { permissions } }));
    expect(complaint(report, "Permissions")).toMatch(/^problem: The app lacks checks: write\. Add it/);
    expect(complaint(report, "Installations")).toBe("");
    expect(stopped(report)).toEqual(["write checks", "answer the buttons of a check"]);
  });

  test("that has a permission too many", async () => {
    const permissions = { ...PERMISSIONS, contents: "write" } as const;
    const report = await examine(await aPatient({ app: { permissions } }));
    expect(complaint(report, "Permissions")).toMatch(/^warning: The app has contents: write, which/);
  });

  test("that is not subscribed to an event", async () => {
    const events = ["push", "check_run", "check_suite", "issues", "merge_group", "repository"];
    const report = await examine(await aPatient({ app: { events } }));
    expect(complaint(report, "Events")).toContain("not subscribed to pull_request. Tick it");
    expect(stopped(report)).toEqual(["check pull requests"]);
  });

  test("on a GitHub that does not answer", async () => {
    const report = await examine(await aPatient(), { GHE_HOST: `127.0.0.1:${await freePort()}` });
    expect(complaint(report, "GitHub")).toContain("GitHub does not answer.");
  });
});

describe("an installation", () => {
  test("that is nowhere", async () => {
    const report = await examine(await aPatient({ installed: false }));
    expect(complaint(report, "Installations")).toMatch(
      /installed nowhere\. Install it: http.*installations\/new/,
    );
  });

  test("whose owner has not accepted a permission", async () => {
    const patient = await aPatient({ installed: false });
    const { github } = patient;
    const { issues: _issues, ...permissions } = PERMISSIONS;
    github.install({ on: "acme", permissions });
    github.createOrganization("other");
    github.install({ on: "other" });
    const report = await examine(patient);
    expect(complaint(report, "Installations")).toContain("acme has not accepted issues: write.");
    expect(report.cannot).toContainEqual({ what: "open issues", accounts: ["acme"] });
  });

  test("that its owner suspended", async () => {
    const patient = await aPatient({ installed: false });
    const { github } = patient;
    const installation = github.install({ on: "acme" });
    github.createOrganization("other");
    github.install({ on: "other" });
    github.suspend(installation);
    await github.idle();
    const one = await examine(patient);
    expect(complaint(one, "Installations")).toMatch(
      /^warning: acme has suspended the app.*unsuspend it at http/,
    );
    const [other] = github.installations.filter(({ account }) => account.login === "other");
    if (other !== undefined) github.suspend(other);
    await github.idle();
    const both = await examine(patient);
    expect(complaint(both, "Installations")).toMatch(/^problem: acme has suspended/);
  });

  test("on selected repositories without the owner's .github", async () => {
    const patient = await aPatient({ installed: false });
    const { github } = patient;
    const shop = await github.createRepository({ owner: "acme", name: "shop", private: true });
    const configuration = await github.createRepository({ owner: "acme", name: ".github", private: true });
    const installation = github.install({ on: "acme", repositories: [shop] });
    expect(complaint(await examine(patient), "Owner's file")).toContain("not installed on acme/.github");
    github.addRepositories(installation, [configuration]);
    expect(complaint(await examine(patient), "Owner's file")).toBe("");
  });
});

describe("the webhook", () => {
  test("whose secret is another on each side", async () => {
    const app = await installApp({ installed: false });
    const { github } = app;
    github.deliverTo(github.webhook?.url ?? "", "a secret of the past");
    github.install({ on: "acme" });
    await github.idle();
    const report = await examine({ github, directory: app.directory, environment: app.environment });
    expect(complaint(report, "Deliveries")).toMatch(/400: the signature is wrong.*Set WEBHOOK_SECRET/);
    expect(stopped(report)).toContain("receive deliveries");
  });

  test("whose content type is that of a form", async () => {
    const app = await installApp({ installed: false });
    const { github } = app;
    github.deliverTo(github.webhook?.url ?? "", github.webhook?.secret ?? "", "form");
    github.install({ on: "acme" });
    await github.idle();
    const report = await examine({ github, directory: app.directory, environment: app.environment });
    expect(complaint(report, "Webhook")).toContain("Set **Content type** to application/json");
    expect(complaint(report, "Deliveries")).toContain("answered 415");
  });

  test("whose URL has another path", async () => {
    const app = await installApp({ installed: false });
    const { github } = app;
    const { origin } = new URL(github.webhook?.url ?? "");
    github.deliverTo(`${origin}/webhooks`, github.webhook?.secret ?? "");
    github.install({ on: "acme" });
    await github.idle();
    const report = await examine({ github, directory: app.directory, environment: app.environment });
    expect(complaint(report, "Webhook")).toContain("is not /api/github/webhooks, where Rollcall answers");
    expect(complaint(report, "Deliveries")).toContain("answered 404");
    expect(complaint(report, "From here")).toContain("answered 404");
  });

  test("whose URL leads to something else, which accepts everything", async () => {
    const patient = await aPatient();
    patient.github.deliverTo(`${await anotherServer(200)}/api/github/webhooks`, DOCTOR_SECRET);
    const report = await examine(patient);
    expect(complaint(report, "From here")).toMatch(/accepted an unsigned request \(200\).*Point the URL/);
  });

  test("without a secret", async () => {
    const patient = await aPatient();
    patient.github.deliverTo("http://127.0.0.1:9/api/github/webhooks", "");
    expect(complaint(await examine(patient), "Webhook")).toContain("The webhook has no secret");
  });

  test("without a URL", async () => {
    const patient = await aPatient();
    patient.github.deliverNowhere();
    expect(complaint(await examine(patient), "Webhook")).toContain(
      "has no URL. Set it to https://YOUR-HOST/api",
    );
  });

  test("behind which nothing runs", async () => {
    const patient = await aPatient();
    patient.github.createOrganization("other");
    patient.github.deliverTo(`http://127.0.0.1:${await freePort()}/api/github/webhooks`, DOCTOR_SECRET);
    patient.github.install({ on: "other" });
    await patient.github.idle();
    const report = await examine(patient);
    expect(complaint(report, "Deliveries")).toContain("got no answer: failed to connect to host");
    expect(complaint(report, "From here")).toContain("Start Rollcall.");
  });
});

describe("the machine", () => {
  test("whose clock is five minutes ahead", async () => {
    const patient = await aPatient();
    patient.github.shiftClock(-5 * 60_000);
    const report = await examine(patient);
    expect(complaint(report, "Clock")).toMatch(/5 minutes ahead of GitHub's.*Set it by NTP/);
  });

  test("whose git is old", async () => {
    const patient = await aPatient();
    const PATH = `${await aGit(patient, 'echo "git version 2.30.2"')}:/usr/bin:/bin`;
    const report = await examine(patient, { PATH });
    expect(complaint(report, "Git")).toBe(
      "problem: git 2.30.2 is too old. Install git 2.38 or newer where the PATH of Rollcall finds it.",
    );
    expect(stopped(report)).toEqual(["read merges and large pushes by git"]);
  });

  test("without git", async () => {
    const patient = await aPatient();
    const report = await examine(patient, { PATH: join(patient.directory, "nothing") });
    expect(complaint(report, "Git")).toContain("There is no git on the PATH.");
  });

  test("whose mirrors other users may read", async () => {
    const patient = await aPatient();
    const mirrors = join(patient.directory, "data/mirrors");
    await mkdir(mirrors, { recursive: true });
    await chmod(join(patient.directory, "data"), 0o711);
    await chmod(mirrors, 0o755);
    expect(complaint(await examine(patient), "Data folder")).toContain(
      "Other users of this machine can read",
    );
    await chmod(join(patient.directory, "data"), 0o700);
    expect(complaint(await examine(patient), "Data folder")).toBe("");
  });

  test("whose data folder cannot be written", async () => {
    const patient = await aPatient();
    const folder = join(patient.directory, "readonly");
    await mkdir(folder, { mode: 0o500 });
    // Root may write everywhere but there.
    const DATA_DIR = process.getuid?.() === 0 ? "/proc/rollcall" : folder;
    const report = await examine(patient, { DATA_DIR });
    expect(complaint(report, "Data folder")).toMatch(
      /^problem: DATA_DIR .* (?:cannot be written|is on a read-only)/,
    );
    expect(stopped(report)).toContain("start");
  });
});

describe("the database", () => {
  test("that another version of PostgreSQL made", async () => {
    const patient = await aPatient();
    const data = join(patient.directory, "data/postgresql/data");
    await mkdir(data, { recursive: true });
    await writeFile(join(data, "PG_VERSION"), "17\n");
    const report = await examine(patient);
    expect(complaint(report, "Database")).toContain("was made by PostgreSQL 17");
    expect(complaint(report, "Database")).toContain("docs/operations.md");
  });

  test("that a newer version of Rollcall migrated", async () => {
    const { url, database } = await aDatabase();
    await database.run("UPDATE schema_version SET version = 99");
    const report = await examine(await aPatient(), { DATABASE_URL: url });
    expect(complaint(report, "Database")).toMatch(/schema 99, and this version of Rollcall knows \d+\./);
  });

  test("that cannot be reached", async () => {
    const DATABASE_URL = `postgres://rollcall:a-password-of-mine@127.0.0.1:${await freePort()}/rollcall`;
    const report = await examine(await aPatient(), { DATABASE_URL });
    expect(complaint(report, "Database")).toMatch(/cannot be reached .*\(ECONNREFUSED\).*Check DATABASE_URL/);
  });

  test("that takes no writes", async () => {
    const { url } = await aDatabase();
    const separator = url.includes("?") ? "&" : "?";
    const DATABASE_URL = `${url}${separator}options=${encodeURIComponent("-c default_transaction_read_only=on")}`;
    const report = await examine(await aPatient(), { DATABASE_URL });
    expect(complaint(report, "Database")).toContain("takes no writes");
  });
});

describe("the settings", () => {
  test("with a secret that is too short", async () => {
    const report = await examine(await aPatient(), { WEBHOOK_SECRET: "short" });
    expect(complaint(report, "Settings")).toMatch(
      /^problem: WEBHOOK_SECRET must have at least \d+ characters/,
    );
    // The rest is examined all the same.
    expect(report.findings).toContainEqual(expect.objectContaining({ about: "App", level: "ok" }));
  });

  test("with a role that does not exist", async () => {
    const report = await examine(await aPatient(), { ROLE: "webhook" });
    expect(complaint(report, "Settings")).toContain("ROLE must be all, web or worker.");
    expect(report.findings).toContainEqual(expect.objectContaining({ about: "App", level: "ok" }));
  });

  test("with the private key in both forms, and a name that is misspelt", async () => {
    const patient = await aPatient();
    const path = join(patient.directory, "key.pem");
    await writeFile(path, newPrivateKey(), { mode: 0o644 });
    const env = `WEBHOOK_SECERT=${"x".repeat(20)}\nMIIEVQIBADAN==\nPRIVATE_KEY_PATH=${path}\n`;
    await writeFile(join(patient.directory, ".env"), env, { mode: 0o600 });
    const report = await examine(patient);
    expect(complaint(report, "Private key")).toContain("PRIVATE_KEY and PRIVATE_KEY_PATH are both set");
    expect(complaint(report, "Secrets")).toMatch(/can read ".*key\.pem"\. Run `chmod 600`/);
    expect(complaint(report, "Settings")).toBe(
      "warning: .env sets WEBHOOK_SECERT, which Rollcall does not know. Correct its name, or delete the line.",
    );
  });

  test("that are not there at all", async () => {
    const { directory } = await aPatient();
    const { code, text } = await runProcess([], {}, directory);
    expect(code).toBe(1);
    expect(text).toContain("Rollcall is not set up yet");
    expect(text).toContain("Run `npm start`, which opens the set-up page");
    expect(text).toContain("Rollcall cannot start.");
  });
});

describe("nothing is wrong", () => {
  test("with the app running: no problem, no warning, and it can do everything", async () => {
    const app = await installApp();
    const report = await examine({
      github: app.github,
      directory: app.directory,
      environment: app.environment,
    });
    expect(report.findings.filter(({ level }) => level !== "ok")).toEqual([]);
    expect(report.cannot).toEqual([]);
    expect(report.findings.map(({ about }) => about)).toContain("Deliveries");
    expect(report.findings).toContainEqual(expect.objectContaining({ about: "Database", level: "ok" }));
  });

  test("with the app stopped, the embedded database is started, asked and stopped", async () => {
    const patient = await aPatient();
    const directory = join(patient.directory, "data");
    const open = () => openDatabase({ directory, url: null, log: createLog("silent") });
    const database = await open();
    await migrate(database);
    await database.close();
    const report = await examine(patient);
    expect(complaint(report, "Database")).toBe("");
    await (await open()).close();
  });

  test("options that make no sense are refused, and --help explains", async () => {
    const { directory } = await aPatient();
    expect(await runProcess(["--yaml"], {}, directory)).toMatchObject({ code: 2 });
    const help = await runProcess(["--help"], {}, directory);
    expect(help.code).toBe(0);
    expect(help.text).toContain("--json");
  });
});
