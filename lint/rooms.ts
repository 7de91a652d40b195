/**
 * The rooms of `src/` and the folders of the repository, each declared once. `lint/plugin.ts` enforces this table on
 * every import and `test/layering` compares it with the folders that exist. A new room gets one entry here and one row
 * in docs/architecture.md.
 */

export interface Room {
  /** A pure room does no I/O: it imports only pure rooms and `PURE_MODULES` and uses only `PURE_GLOBALS`. */
  readonly pure: boolean;
  /** Rooms that it may import, through their `index.ts`. Imports run one way. */
  readonly imports: readonly string[];
  /** Rooms of which it may import types only, which run no code. */
  readonly types?: readonly string[];
  /** Files besides `index.ts` by which others may enter it, for those that start fast: they load only a part. */
  readonly entries?: readonly string[];
}

export const ROOMS: Readonly<Record<string, Room>> = {
  domain: { pure: true, imports: [], entries: ["plain.ts"] },
  detect: { pure: true, imports: ["domain"] },
  diff: { pure: true, imports: ["domain"] },
  unpack: { pure: true, imports: ["domain", "detect"], entries: ["formats.ts"] },
  policy: { pure: true, imports: ["domain", "detect"] },
  report: { pure: true, imports: ["domain", "detect", "policy"], entries: ["command-line.ts"] },
  events: { pure: true, imports: ["domain", "detect"] },
  diagnosis: { pure: true, imports: ["report"] },
  measure: { pure: false, imports: ["domain"] },
  github: { pure: false, imports: ["domain", "detect", "measure"] },
  notify: { pure: false, imports: [] },
  stripe: { pure: false, imports: ["domain"] },
  store: { pure: false, imports: ["domain", "measure"] },
  queue: { pure: false, imports: ["measure", "store"] },
  objects: { pure: true, imports: [] },
  source: { pure: false, imports: ["domain", "measure", "diff", "objects", "github"] },
  scan: { pure: false, imports: ["domain", "measure", "detect", "diff", "unpack", "objects", "source"] },
  jobs: {
    pure: false,
    imports: [
      "domain",
      "measure",
      "detect",
      "policy",
      "report",
      "events",
      "github",
      "notify",
      "stripe",
      "source",
      "scan",
      "store",
    ],
  },
  server: {
    pure: false,
    imports: [
      "domain",
      "measure",
      "detect",
      "policy",
      "events",
      "github",
      "notify",
      "stripe",
      "source",
      "scan",
      "store",
      "queue",
      "jobs",
    ],
  },
  evidence: { pure: false, imports: ["domain", "report", "store"] },
  action: { pure: false, imports: ["domain", "policy", "report", "source", "cli"] },
  doctor: { pure: false, imports: ["detect", "diagnosis", "github", "store", "server"] },
  cli: { pure: false, imports: ["domain", "detect", "diff", "unpack", "policy", "report", "source", "scan"] },
};

/** Files that start a process, and the rooms they may import. Nothing in `src/` imports them. */
export const DOORS: Readonly<Record<string, readonly string[]>> = {
  "src/main.ts": ["server", "store"],
  "src/cli.ts": ["cli"],
  "src/scan.js": ["cli"],
  "src/action.ts": ["action"],
  "src/leaks.ts": ["evidence"],
  "src/doctor.ts": ["doctor"],
};

/** A file that starts another one, after what has to be done before that is loaded. */
export const STARTERS: Readonly<Record<string, string>> = { "src/scan.js": "src/cli.ts" };

export interface Folder {
  /** Folders that it may import, through their `index.ts` or that of a room. */
  readonly imports: readonly string[];
  /** Those of them whose other files it may import too, because it tests or measures them. */
  readonly inside: readonly string[];
}

export const FOLDERS: Readonly<Record<string, Folder>> = {
  src: { imports: [], inside: [] },
  "local-github": { imports: [], inside: [] },
  "local-stripe": { imports: [], inside: [] },
  fixtures: { imports: [], inside: [] },
  lint: { imports: [], inside: [] },
  ".github": { imports: [], inside: [] },
  prefilter: { imports: ["src"], inside: ["src"] },
  packages: { imports: ["src"], inside: ["src"] },
  demo: { imports: ["src", "local-github", "local-stripe", "fixtures"], inside: ["fixtures"] },
  bench: { imports: ["src", "local-github", "fixtures", "demo"], inside: ["src", "fixtures", "demo"] },
  test: {
    imports: [
      "src",
      "local-github",
      "local-stripe",
      "fixtures",
      "prefilter",
      "demo",
      "bench",
      "packages",
      "lint",
      ".github",
    ],
    inside: ["src", "fixtures", "prefilter", "demo", "bench", "lint", ".github"],
  },
};

/** Modules that a pure room may import: they compute and reach nothing outside of the process. */
export const PURE_MODULES: ReadonlySet<string> = new Set([
  "node:buffer",
  "node:crypto",
  "node:util",
  "node:zlib",
  "modern-tar",
  "picomatch",
  "fast-string-width",
  "xz-decompress",
  "yaml",
  "yauzl",
  "zod",
]);

/** Globals that a pure room may use: those of the language, and what Node adds that only computes. */
export const PURE_GLOBALS: ReadonlySet<string> = new Set(
  [
    "undefined NaN Infinity parseInt parseFloat encodeURIComponent decodeURIComponent",
    "Object Array String Number Boolean BigInt Symbol RegExp Date Math JSON Map Set WeakMap WeakSet Promise",
    "Error TypeError RangeError SyntaxError",
    "ArrayBuffer DataView Uint8Array Uint16Array Int32Array Uint32Array Float64Array",
    "Buffer TextDecoder TextEncoder ReadableStream URL structuredClone WebAssembly",
  ].flatMap((line) => line.split(" ")),
);
