/** The environment: what is missing, wrong, or set and not what an operator wants. */
import type { SettingsFacts } from "../facts.ts";
import { ok, problem, warning } from "../finding.ts";
import type { Finding } from "../finding.ts";

export function judgeSettings(settings: SettingsFacts): Finding[] {
  const { state, problems, role } = settings;
  if (state === "none") {
    return [
      problem(
        "Settings",
        "Rollcall is not set up yet: APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are not set.",
        "Run `npm start`, which opens the set-up page, or write .env from .env.example.",
        ["start"],
      ),
      ...judgeRest(settings),
    ];
  }
  const wrong = problems.map((text) =>
    problem("Settings", sentence(text), ".env.example describes each variable.", ["start"]),
  );
  const summary = wrong.length > 0 ? wrong : [ok("Settings", `complete (ROLE=${role}).`)];
  return [...summary, ...judgeKey(settings), ...judgeRest(settings)];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function judgeKey({ hasBothKeys, keyType }: SettingsFacts): Finding[] {
  const found: Finding[] = [];
  if (hasBothKeys) {
    found.push(
      warning(
        "Private key",
        "PRIVATE_KEY and PRIVATE_KEY_PATH are both set, and only one is used.",
        "Delete the one that you do not mean.",
      ),
    );
  }
  if (keyType !== null && keyType !== "rsa") {
    found.push(
      problem(
        "Private key",
        `The private key is of type ${keyType}, and GitHub makes RSA keys.`,
        "Generate one on the app's settings page.",
        ["start"],
      ),
    );
  }
  return found;
}

function judgeRest(settings: SettingsFacts): Finding[] {
  const found: Finding[] = [];
  for (const path of settings.openFiles) {
    found.push(
      warning("Secrets", `Other users of this machine can read "${path}".`, `Run \`chmod 600\` on it.`),
    );
  }
  for (const name of settings.unknownNames) {
    found.push(
      warning(
        "Settings",
        `.env sets ${name}, which Rollcall does not know.`,
        "Correct its name, or delete the line.",
      ),
    );
  }
  if (settings.usesStandInForStripe) {
    found.push(
      warning(
        "Stripe",
        "STRIPE_API_URL is set: a stand-in says whether keys work, not Stripe.",
        "Delete it, except in tests.",
      ),
    );
  }
  if (settings.observes) {
    found.push(
      ok("Mode", "DEFAULT_MODE=observe: no check fails and no issue is opened where the owner sets no mode."),
    );
  }
  return found;
}
