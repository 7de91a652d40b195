/** `npm run -s doctor` as a process, against the local GitHub. No run may show a secret that it was given. */
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { z } from "zod";
import { startLocalGitHub } from "local-github";
import type { LocalGitHub, LocalGitHubOptions } from "local-github";
import { inheritedEnvironment } from "./app-environment.ts";
import { openFolder } from "./folders.ts";

const DOCTOR_APP_ID = 4711;
export const DOCTOR_SECRET = "the secret that both sides of the webhook have";

const ROOT = join(import.meta.dirname, "../..");

export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

const KEY = newPrivateKey();

const reportSchema = z.object({
  problems: z.int(),
  warnings: z.int(),
  findings: z.array(
    z.object({
      about: z.string(),
      level: z.enum(["ok", "warning", "problem"]),
      says: z.string(),
      todo: z.string().nullable(),
      account: z.string().nullable(),
    }),
  ),
  can: z.array(z.string()),
  cannot: z.array(z.object({ what: z.string(), accounts: z.array(z.string()) })),
});

export type DoctorReport = z.infer<typeof reportSchema>;

/** An installation to examine: the app on a local GitHub, a data folder, and the variables of a process. */
export interface Patient {
  readonly github: LocalGitHub;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A local GitHub with the app on `acme`, and nothing running behind its webhook. */
export async function aPatient(
  options: Partial<Omit<LocalGitHubOptions, "app">> & {
    readonly app?: Partial<LocalGitHubOptions["app"]>;
    readonly installed?: boolean;
  } = {},
): Promise<Patient> {
  const directory = await openFolder("rollcall-doctor-");
  const { app = {}, installed = true, ...site } = options;
  const github = await startLocalGitHub({
    directory: join(directory, "github"),
    app: { id: DOCTOR_APP_ID, slug: "rollcall", key: KEY, ...app },
    webhook: { url: "http://127.0.0.1:9/api/github/webhooks", secret: DOCTOR_SECRET },
    ...site,
  });
  onTestFinished(async () => {
    await github.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  github.createOrganization("acme");
  if (installed) {
    github.deliverNowhere();
    github.install({ on: "acme" });
    await github.idle();
    github.site.deliveries.length = 0;
    if (site.webhook !== null) github.deliverTo("http://127.0.0.1:9/api/github/webhooks", DOCTOR_SECRET);
  }
  return {
    github,
    directory,
    environment: {
      APP_ID: String(DOCTOR_APP_ID),
      PRIVATE_KEY: KEY,
      WEBHOOK_SECRET: DOCTOR_SECRET,
      GHE_HOST: new URL(github.origin).host,
      GHE_PROTOCOL: "http",
      DATA_DIR: join(directory, "data"),
    },
  };
}

export interface DoctorOutcome {
  readonly code: number | null;
  readonly text: string;
}

/** Runs the command in `directory`, by default one without `.env`. */
export async function runProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  directory: string,
): Promise<DoctorOutcome> {
  const child = spawn(process.execPath, [join(ROOT, "src/doctor.ts"), ...args], {
    cwd: directory,
    env: { ...inheritedEnvironment(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(child, "close");
  expectNoSecret(text, environment);
  return { code: child.exitCode, text };
}

/** Examines a patient whose variables were changed as given. */
export async function examine(
  { environment, directory }: Patient,
  changed: Readonly<Record<string, string>> = {},
): Promise<DoctorReport & { readonly code: number | null }> {
  const variables = { ...environment, ...changed };
  const { code, text } = await runProcess(["--json"], variables, directory);
  const report = reportSchema.parse(JSON.parse(text));
  expect(code).toBe(report.problems > 0 ? 1 : 0);
  return { ...report, code };
}

/** What names a secret, or has one within. */
const SECRET = /KEY|SECRET|_URL$/;
/** Shorter pieces of a line of a key appear by chance. */
const PIECE = 16;

function expectNoSecret(text: string, environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!SECRET.test(name)) continue;
    const password = /^[a-z]+:\/\/[^/]*:([^/@]+)@/.exec(value)?.[1];
    const secrets = name.endsWith("_URL") ? [password ?? value] : value.split("\n");
    for (const line of secrets) {
      for (let at = 0; at + PIECE <= line.length; at += 1) {
        const piece = line.slice(at, at + PIECE);
        if (!piece.startsWith("-----") && text.includes(piece))
          throw new Error(`The doctor shows a part of ${name}.`);
      }
      if (line.length > 0 && line.length < PIECE && password !== undefined) expect(text).not.toContain(line);
    }
  }
}
