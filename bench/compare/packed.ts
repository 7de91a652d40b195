/** One row for each way in which a key hides from a search for plain text: in a terminal's output, in markup, in an archive. */
import { Buffer } from "node:buffer";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { zip } from "../../fixtures/archives.ts";
import { form } from "./form.ts";
import type { Form } from "./form.ts";

const environment = (key: string): Buffer => Buffer.from(`PORT=3000\nSTRIPE_SECRET_KEY=${key}\nDEBUG=0\n`);

/** An archive of tar with one file; POSIX.1-1988, "ustar". */
function tar(name: string, bytes: Buffer): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7) + octal(0, 7) + octal(bytes.length, 11) + octal(0, 11), 108);
  header.write("        0", 148);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512), Buffer.alloc(1024)]);
}

export const PACKED: readonly Form[] = [
  form(
    "Terminal and markup",
    "ANSI colours around the key",
    "ci.log",
    (key) => `stripe key: \u001b[33m${key}\u001b[0m ok\n`,
  ),
  form(
    "Terminal and markup",
    "ANSI colours, escaped",
    "ci.json",
    (key) => `{"line":"stripe key: \\u001b[33m${key}\\u001b[0m"}\n`,
  ),
  form(
    "Terminal and markup",
    "Markdown escapes",
    "NOTES.md",
    (key) => `The Stripe key is ${key.replaceAll("_", "\\_")}\n`,
  ),
  form("Terminal and markup", "soft hyphen in the key", "page.html", (key) => {
    const middle = key.length >> 1;
    return `<p>Stripe: ${key.slice(0, middle)}\u00ad${key.slice(middle)}</p>\n`;
  }),
  form(
    "Terminal and markup",
    "hexadecimal, as MySQL dumps it",
    "dump.sql",
    (key) => `INSERT INTO settings VALUES ('stripe', 0x${Buffer.from(key).toString("hex")});\n`,
  ),
  form("Archives", "gzip", "env.gz", (key) => gzipSync(environment(key))),
  form("Archives", "zstd", "env.zst", (key) => zstdCompressSync(environment(key))),
  form("Archives", "brotli", "app.js.br", (key) => brotliCompressSync(environment(key))),
  form("Archives", "tar.gz", "backup.tar.gz", (key) => gzipSync(tar("app/.env", environment(key)))),
  form("Archives", "zip", "backup.zip", (key) => zip([{ name: "app/.env", bytes: environment(key) }])),
  form("Archives", "apk with the key in an asset", "app.apk", (key) =>
    zip([{ name: "assets/config.json", bytes: Buffer.from(`{"stripe":{"secretKey":"${key}"}}`) }]),
  ),
  form("Archives", "zip in a zip", "all.zip", (key) =>
    zip([{ name: "inner.zip", bytes: zip([{ name: ".env", bytes: environment(key) }]) }]),
  ),
];
