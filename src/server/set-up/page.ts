/** The pages of the set-up: plain HTML without scripts, in the look of GitHub's. Every text is escaped. */
import { createHash } from "node:crypto";
import type { Manifest } from "./manifest.ts";

const CSS = `
:root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --pale: #f6f8fa; --page: #fff; --link: #0969da; --go: #1f883d; --red: #cf222e }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --soft: #9198a1; --line: #3d444d; --pale: #151b23; --page: #0d1117; --link: #4493f8; --go: #238636; --red: #f85149 } }
* { box-sizing: border-box }
body { margin: 0; color: var(--text); background: var(--page); font: 14px/1.5 -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif }
header { background: var(--pale); border-bottom: 1px solid var(--line); padding: 16px 24px; font-size: 16px; font-weight: 600 }
header span { color: var(--soft); font-weight: 400 }
main { max-width: 720px; margin: 0 auto; padding: 24px }
h1 { font-size: 24px; font-weight: 400; margin: 0 0 8px }
h2 { font-size: 16px; margin: 0 0 4px }
p { margin: 0 0 12px }
.soft { color: var(--soft) }
section { border: 1px solid var(--line); border-radius: 6px; padding: 16px; margin-top: 16px }
label { display: block; font-weight: 600; margin-top: 12px }
input, textarea { display: block; width: 100%; margin-top: 4px; padding: 5px 12px; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 6px }
textarea { font: 12px/1.45 ui-monospace, SFMono-Regular, Menlo, monospace; min-height: 96px }
button, .button { display: inline-block; margin-top: 16px; padding: 5px 16px; font: inherit; font-weight: 500; color: #fff; background: var(--go); border: 1px solid rgba(31, 35, 40, .15); border-radius: 6px; cursor: pointer; text-decoration: none }
code { font: 12px ui-monospace, SFMono-Regular, Menlo, monospace; background: var(--pale); border-radius: 6px; padding: 2px 5px; overflow-wrap: anywhere }
.wrong { border-color: var(--red); color: var(--red) }
dt { font-weight: 600; margin-top: 8px } dd { margin: 0 }
ol, ul { padding-left: 20px; margin: 8px 0 0 }
`;

/** Allows the style above and nothing else: no script, no picture, no frame. */
export const STYLE_SOURCE = `'sha256-${createHash("sha256").update(CSS).digest("base64")}'`;

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)} · Rollcall</title><style>${CSS}</style></head>
<body><header>Rollcall <span>set-up</span></header><main>${content}</main></body>
</html>
`;
}

/** What was typed in, so it can be shown again. Never a secret. */
export interface Typed {
  readonly webhook?: string;
  readonly organization?: string;
  readonly appId?: string;
}

/** @param wrong what to correct; null at first */
export function startPage(wrong: string | null, typed: Typed = {}): string {
  const problem = wrong === null ? "" : `<section class="wrong" role="alert">${escaped(wrong)}</section>`;
  return page(
    "Register the app",
    `<h1>Register the app on GitHub</h1>
<p class="soft">Rollcall needs a GitHub App of your own. GitHub makes it from a list of permissions that you see first, and the credentials are written to <code>.env</code> on this machine.</p>
${problem}
<section><h2>Register a new app</h2>
<form method="post" action="/set-up/review">
<label for="webhook">Address at which GitHub reaches Rollcall</label>
<input id="webhook" name="webhook" inputmode="url" placeholder="https://rollcall.example.org" value="${escaped(typed.webhook ?? "")}">
<p class="soft">Leave it empty if you do not know it yet, and set the webhook URL on the app's page later.</p>
<label for="organization">Organization that will own the app</label>
<input id="organization" name="organization" autocomplete="off" spellcheck="false" placeholder="acme" value="${escaped(typed.organization ?? "")}">
<p class="soft">Leave it empty for your own account.</p>
<button>Review and continue</button>
</form></section>
<section><h2>Use an app that exists</h2>
<form method="post" action="/set-up/import">
<label for="app_id">App ID</label>
<input id="app_id" name="app_id" inputmode="numeric" autocomplete="off" required value="${escaped(typed.appId ?? "")}">
<label for="private_key">Private key (the PEM file's text)</label>
<textarea id="private_key" name="private_key" autocomplete="off" spellcheck="false" required></textarea>
<label for="webhook_secret">Webhook secret</label>
<input id="webhook_secret" name="webhook_secret" type="password" autocomplete="off">
<p class="soft">At least 16 characters. Leave it empty to have Rollcall give the app a new one.</p>
<button>Write .env</button>
</form></section>`,
  );
}

/** @param registerAt GitHub's page that takes the manifest */
export function reviewPage(registerAt: string, manifest: Manifest, webhook: string | null): string {
  const permissions = Object.entries(manifest.permissions)
    .map(([name, access]) => `<code>${escaped(name)}: ${escaped(access)}</code>`)
    .join(" ");
  const events = manifest.events.map((event) => `<code>${escaped(event)}</code>`).join(" ");
  return page(
    "Review",
    `<h1>Review what GitHub will register</h1>
<section><dl>
<dt>Permissions</dt><dd>${permissions}</dd>
<dt>Events</dt><dd>${events}</dd>
<dt>Webhook</dt><dd>${webhook === null ? "off, until you set its URL on the app's page" : `<code>${escaped(webhook)}</code>`}</dd>
</dl>
<p class="soft">docs/permissions.md says why each permission is needed. GitHub asks for the app's name, registers it, and sends you back here.</p>
<form method="post" action="${escaped(registerAt)}">
<input type="hidden" name="manifest" value="${escaped(manifest.json)}">
<button>Continue to GitHub</button>
</form></section>`,
  );
}

/** @param installAt GitHub's page to install the app; null: not known */
export function donePage(installAt: string | null, notes: readonly string[]): string {
  const install =
    installAt === null
      ? "Install the app on your organization, from the app's page on GitHub."
      : `Then install the app: <a class="button" href="${escaped(installAt)}">Install on GitHub</a>`;
  return page(
    "Done",
    `<h1>The app is set up</h1>
<p>Its credentials are in <code>.env</code>, which only your user can read. Keep it out of repositories and backups that others can read.</p>
<section><ol>
<li>In the terminal, stop this with <code>Ctrl+C</code> and run <code>npm start</code> again.</li>
${notes.map((note) => `<li>${escaped(note)}</li>`).join("\n")}
<li>${install}</li>
</ol></section>`,
  );
}

export function messagePage(title: string, text: string): string {
  return page(title, `<h1>${escaped(title)}</h1><p>${escaped(text)}</p>`);
}
