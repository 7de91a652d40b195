/**
 * One row for each form in which a Stripe key leaks: plain, in commands and URLs, escaped, encoded, joined from pieces.
 * `test/cli/no-secret.test.ts` uses the rows too: no report may show a piece of their keys.
 */
import { Buffer } from "node:buffer";
import { organizationKey, webhookSecret } from "../../fixtures/keys.ts";
import { form, joined } from "./form.ts";
import type { Form } from "./form.ts";

const b64 = (text: string): string => Buffer.from(text).toString("base64");

const quoted = (parts: readonly string[], glue: string): string =>
  parts.map((part) => `"${part}"`).join(glue);

/** The forms of issue and documentation ("How keys leak", docs/stripe-keys.md), a few lines of everyday text around each. */
export const FORMS: readonly Form[] = [
  form("Plain", ".env", ".env", (key) => `PORT=3000\nSTRIPE_SECRET_KEY=${key}\nDEBUG=0\n`),
  form(
    "Plain",
    "JavaScript",
    "pay.js",
    (key) => `const stripe = require("stripe")("${key}");\nmodule.exports = stripe;\n`,
  ),
  form("Plain", "Python", "pay.py", (key) => `import stripe\n\nstripe.api_key = '${key}'\n`),
  form(
    "Plain",
    "YAML without quotes",
    "config.yml",
    (key) => `payments:\n  stripe:\n    secret_key: ${key}\n    currency: eur\n`,
  ),
  form(
    "Plain",
    "JSON",
    "config.json",
    (key) => `{\n  "stripe": { "secretKey": "${key}", "version": 3 }\n}\n`,
  ),
  form(
    "Plain",
    "Docker Compose",
    "docker-compose.yml",
    (key) =>
      `services:\n  web:\n    environment:\n      - STRIPE_API_KEY=${key}\n      - NODE_ENV=production\n`,
  ),
  form("Plain", "Terraform", "main.tf", (key) => `variable "stripe_key" {\n  default = "${key}"\n}\n`),
  form(
    "Plain",
    "minified",
    "app.min.js",
    (key) => `!function(e,t){e.s=t("${key}",{v:1})}(window,Stripe);var a=1,b=2;`,
  ),
  form(
    "Plain",
    "Markdown, in backticks",
    "README.md",
    (key) => `# Set-up\n\nUse \`${key}\` while you develop.\n`,
  ),
  form("Plain", "after another name", "env.dump", (key) => `PATH_/usr/bin\nSTRIPE_KEY_${key}\n`),
  form(
    "Commands and URLs",
    "curl -u KEY:",
    "notes.sh",
    (key) => `curl https://api.stripe.com/v1/charges -u ${key}: -d amount=100\n`,
  ),
  form(
    "Commands and URLs",
    "Bearer header",
    "notes.sh",
    (key) => `curl -H "Authorization: Bearer ${key}" https://api.stripe.com/v1/balance\n`,
  ),
  form(
    "Commands and URLs",
    "query string",
    "access.log",
    (key) => `GET /charge?key=${key}&amount=5 HTTP/1.1 200\n`,
  ),
  form(
    "Commands and URLs",
    "user part of a URL",
    "config",
    (key) => `[remote "pay"]\n\turl = https://${key}@api.stripe.com/v1\n`,
  ),
  form(
    "Commands and URLs",
    "parentheses",
    "chat.txt",
    (key) => `the stripe key (${key}) is the one of production\n`,
  ),
  form("Commands and URLs", "brackets, comma", "list.txt", (key) => `stripe keys: [${key},none]\n`),
  form(
    "Commands and URLs",
    "XML element",
    "app.config",
    (key) => `<settings><stripe><key>${key}</key></stripe></settings>\n`,
  ),
  form("Commands and URLs", "end of a sentence", "chat.txt", (key) => `Our Stripe key is ${key}.\n`),
  form(
    "Escaped",
    'JSON in JSON \\"KEY\\"',
    "event.json",
    (key) => `{"body":"{\\"stripe_key\\":\\"${key}\\"}"}\n`,
  ),
  form(
    "Escaped",
    "\\u0022KEY\\u0022",
    "page.js",
    (key) => `var state = "{\\u0022stripeKey\\u0022:\\u0022${key}\\u0022}";\n`,
  ),
  form(
    "Escaped",
    "\\u005f for _",
    "page.js",
    (key) => `var stripeKey = "${key.replaceAll("_", "\\u005f")}";\n`,
  ),
  form(
    "Escaped",
    "literal \\n before the key",
    "pay.ipynb",
    (key) => `{"source":["import stripe\\n${key}\\n"]}\n`,
  ),
  form(
    "Escaped",
    "HTML entities",
    "page.html",
    (key) => `<div data-stripe="&quot;${key.replaceAll("_", "&#95;")}&quot;"></div>\n`,
  ),
  form(
    "Escaped",
    "quoted-printable",
    "mail.eml",
    (key) => `Subject: keys\n\nSTRIPE_KEY=3D${key.slice(0, 40)}=\n${key.slice(40)}\n`,
  ),
  form(
    "URL-encoded",
    "%22KEY%22",
    "har.log",
    (key) => `POST /config?body=%7B%22stripe%22%3A%22${key}%22%7D\n`,
  ),
  form(
    "URL-encoded",
    "sk%5Flive%5F…",
    "har.log",
    (key) => `redirect=/pay%3Fstripe%3D${key.replaceAll("_", "%5F")}\n`,
  ),
  form("UTF-16", "little endian, with mark", "export.txt", (key) =>
    Buffer.from(`\ufeffStripe key: ${key}\r\n`, "utf16le"),
  ),
  form("UTF-16", "big endian, with mark", "export.txt", (key) =>
    Buffer.from(`\ufeffStripe key: ${key}\r\n`, "utf16le").swap16(),
  ),
  form(
    "Base64",
    "Kubernetes Secret",
    "secret.yaml",
    (key) =>
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: stripe\ndata:\n  STRIPE_SECRET_KEY: ${b64(key)}\n`,
  ),
  form(
    "Base64",
    "a whole .env",
    "ci.yml",
    (key) => `env_file: ${b64(`PORT=1\nSTRIPE_SECRET_KEY=${key}\nDEBUG=false\n`)}\n`,
  ),
  form(
    "Base64",
    "Basic auth of KEY:",
    "trace.log",
    (key) => `> POST /v1/charges\n> Host: api.stripe.com\n> Authorization: Basic ${b64(`${key}:`)}\n`,
  ),
  form(
    "Base64",
    "wrapped at 76",
    "blob.txt",
    (key) => `${b64(`{"mail":"a@example.com","stripe":{"key":"${key}"}}`).replaceAll(/.{76}/g, "$&\n")}\n`,
  ),
  form(
    "Base64",
    "base64url",
    "jwt.txt",
    (key) => `token=e30.${Buffer.from(`{"stripe_key":"${key}"}`).toString("base64url")}.x\n`,
  ),
  form("Base64", "nested once", "secret.yaml", (key) => `data:\n  stripe: ${b64(b64(`key=${key}`))}\n`),
  joined("JavaScript +", "a.js", (parts) => `const key = ${quoted(parts, " + ")};\nstripe(key);\n`),
  joined(
    "JavaScript + over lines",
    "a.js",
    (parts) => `const key =\n  ${quoted(parts, " +\n  ")};\nstripe(key);\n`,
  ),
  joined(
    "Python, adjacent literals",
    "a.py",
    (parts) => `import stripe\nstripe.api_key = (${quoted(parts, "\n    ")})\n`,
  ),
  joined(
    "PHP .",
    "a.php",
    (parts) => `<?php\n$stripe = new StripeClient(${parts.map((part) => `'${part}'`).join(" . ")});\n`,
  ),
  joined("Ruby +", "a.rb", (parts) => `Stripe.api_key = ${quoted(parts, " + ")}\n`),
  joined("Ruby, adjacent literals \\", "a.rb", (parts) => `Stripe.api_key = ${quoted(parts, " \\\n  ")}\n`),
  joined(
    "Java +",
    "A.java",
    (parts) => `class A {\n  static { Stripe.apiKey = ${quoted(parts, "\n      + ")}; }\n}\n`,
  ),
  joined(
    "Go +",
    "a.go",
    (parts) => `package a\n\nfunc init() {\n\tstripe.Key = ${quoted(parts, " +\n\t\t")}\n}\n`,
  ),
  joined("C# +", "A.cs", (parts) => `StripeConfiguration.ApiKey = ${quoted(parts, " + ")};\n`),
  joined(
    "shell, adjacent",
    "a.sh",
    (parts) => `export STRIPE_KEY=${parts.map((part) => `"${part}"`).join("")}\n`,
  ),
  joined("Lua ..", "a.lua", (parts) => `local stripe_key = ${quoted(parts, " .. ")}\n`),
  joined("array joined", "a.js", (parts) => `const stripeKey = [${quoted(parts, ", ")}].join("");\n`),
  joined("line continuation in a literal", "a.js", (parts) => `const stripeKey = "${parts.join("\\\n")}";\n`),
  joined(
    "template with a constant",
    "a.ts",
    (parts) =>
      `const start = "${parts[0] ?? ""}";\nconst stripeKey = \`\${start}${parts.slice(1).join("")}\`;\n`,
  ),
  form(
    "Other credentials",
    "organization key",
    "org.env",
    (key) => `STRIPE_ORG_KEY=${key}\n`,
    organizationKey,
  ),
  form(
    "Other credentials",
    "webhook signing secret",
    "hook.js",
    (key) => `const event = stripe.webhooks.constructEvent(body, sig, "${key}");\n`,
    webhookSecret,
  ),
  form(
    "Other credentials",
    "webhook secret in .env",
    ".env",
    (key) => `STRIPE_WEBHOOK_SECRET=${key}\n`,
    webhookSecret,
  ),
];
