/** The credentials of an app, from GitHub or typed in, and how they get into `.env`. */
import { createPrivateKey, randomBytes } from "node:crypto";
import type { RegisteredApp } from "../../github/index.ts";
import { convertManifest, setWebhookSecret } from "../../github/index.ts";
import { updateEnvFile } from "./env-file.ts";

/** As the environment demands. */
const MIN_WEBHOOK_SECRET = 16;

export interface CredentialsOptions {
  /** Of `.env`. */
  readonly path: string;
  readonly apiUrl: string;
  /** A key of markers is set already; it stays, because it finds the issues that it marked. */
  readonly hasMarkerKey: boolean;
}

/** What is left for a person to do. */
export interface Written {
  /** The app's public page; null: not known. */
  readonly url: string | null;
  readonly notes: readonly string[];
}

/** @throws GitHubError before anything is written */
export async function writeRegistered(options: CredentialsOptions, code: string): Promise<Written> {
  // GitHub hands the app over once: first see whether the file can be written.
  await updateEnvFile(options.path, {});
  return write(options, await convertManifest(options.apiUrl, code));
}

/** What was typed in is wrong; the message says what to correct. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
}

/** @throws CredentialsError */
export async function writeTyped(
  options: CredentialsOptions,
  typed: { readonly appId: string; readonly privateKey: string; readonly webhookSecret: string },
): Promise<Written> {
  const id = Number(typed.appId.trim());
  if (!/^\d{1,15}$/.test(typed.appId.trim()) || id === 0)
    throw new CredentialsError("The App ID is the number on the app's settings page.");
  const privateKey = typed.privateKey.replaceAll("\r\n", "\n").trim();
  if (!isPrivateKey(privateKey))
    throw new CredentialsError("The private key is the whole text of the PEM file, as GitHub made it.");
  const webhookSecret = typed.webhookSecret.trim();
  if (webhookSecret !== "" && !/^[\x21-\x7e]+$/.test(webhookSecret))
    throw new CredentialsError("The webhook secret may have letters, digits and signs, but no spaces.");
  if (webhookSecret !== "" && webhookSecret.length < MIN_WEBHOOK_SECRET) {
    throw new CredentialsError(
      `The webhook secret must have at least ${MIN_WEBHOOK_SECRET} characters. Leave it empty for a new one.`,
    );
  }
  const app: RegisteredApp = { id, privateKey, webhookSecret: webhookSecret || null, url: null };
  if (app.webhookSecret === null) return write(options, app);
  await save(options, app, app.webhookSecret);
  return { url: null, notes: [] };
}

/** The app gets a webhook secret of 32 random bytes. What GitHub gave is on disk first: it gives it only once. */
async function write(options: CredentialsOptions, app: RegisteredApp): Promise<Written> {
  const secret = randomBytes(32).toString("hex");
  const given = app.webhookSecret;
  const isGivenEnough = given !== null && given.length >= MIN_WEBHOOK_SECRET;
  await save(options, app, isGivenEnough ? given : secret);
  const isChanged = await setWebhookSecret(options.apiUrl, app, secret).catch(() => false);
  if (isChanged) {
    await updateEnvFile(options.path, { WEBHOOK_SECRET: secret });
    return { url: app.url, notes: [] };
  }
  const note = isGivenEnough
    ? "GitHub kept the webhook secret that it made itself. It works; to have a longer one, change it on the app's page and in .env."
    : "GitHub did not take the webhook secret: copy WEBHOOK_SECRET from .env to the app's page on GitHub.";
  return { url: app.url, notes: [note] };
}

async function save(options: CredentialsOptions, app: RegisteredApp, webhookSecret: string): Promise<void> {
  await updateEnvFile(options.path, {
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: webhookSecret,
    ...(options.hasMarkerKey ? {} : { MARKER_KEY: randomBytes(32).toString("hex") }),
  });
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}
