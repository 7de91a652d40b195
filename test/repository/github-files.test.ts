import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const workflowSchema = z.object({
  permissions: z.record(z.string(), z.string()),
  concurrency: z.object({ group: z.string() }),
  jobs: z.record(
    z.string(),
    z.object({
      "timeout-minutes": z.int(),
      permissions: z.record(z.string(), z.string()).optional(),
      steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  ),
});

const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT });

/** What the jobs of a workflow may write, such as `release: contents`. */
function writes(text: string): string[] {
  const { permissions, jobs } = workflowSchema.parse(parse(text));
  return Object.entries(jobs).flatMap(([job, { permissions: own }]) =>
    Object.entries(own ?? permissions)
      .filter(([, level]) => level !== "read" && level !== "none")
      .map(([scope]) => `${job}: ${scope}`),
  );
}

test("the workflows are found", () => {
  expect(workflows.map((path) => path.replaceAll("\\", "/")).toSorted()).toEqual([
    ".github/workflows/ci.yml",
    ".github/workflows/image.yml",
    ".github/workflows/package.yml",
  ]);
});

describe.each(workflows)("%s", (path) => {
  const text = read(path);

  test("has a concurrency group, and every job a time limit", () => {
    expect(workflowSchema.safeParse(parse(text)).error).toBeUndefined();
  });

  test("pins every action by a full commit id, with its version beside it", () => {
    const lines = text.split("\n").filter((line) => /\buses:/.test(line));
    expect(lines).not.toEqual([]);
    for (const line of lines) expect(line).toMatch(/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("puts no expression of the event into a script, where it could be code", () => {
    const { jobs } = workflowSchema.parse(parse(text));
    const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    for (const script of scripts) expect(script).not.toContain("${{");
  });
});

test("only publishing may write: jobs for the image, the release and the package", () => {
  expect(workflows.toSorted().flatMap((path) => writes(read(path)))).toEqual([
    "publish: packages",
    "release: contents",
    "publish: id-token",
  ]);
});

test("Node has one major version: .nvmrc, package.json, the image and the local copy agree", () => {
  const major = read(".nvmrc").trim();
  const manifest = z
    .object({ engines: z.object({ node: z.string() }), devDependencies: z.object({ node: z.string() }) })
    .parse(JSON.parse(read("package.json")));
  expect(manifest.engines.node).toBe(`>=${major}`);
  expect(manifest.devDependencies.node).toMatch(new RegExp(`^${major}\\.`));
  expect([...read("Dockerfile").matchAll(/^FROM node:(\d+)/gm)].map(([, version]) => version)).toEqual([
    major,
    major,
  ]);
});

test("Compose stops, checks and stores as the image does", () => {
  const { services } = z
    .object({
      services: z.object({
        rollcall: z.object({
          environment: z.record(z.string(), z.string()),
          volumes: z.array(z.string()),
          healthcheck: z.object({ test: z.array(z.string()) }),
          stop_grace_period: z.string(),
        }),
      }),
    })
    .parse(parse(read("compose.yaml")));
  const { rollcall } = services;
  expect(rollcall.environment).toEqual({ HOST: "0.0.0.0", PORT: "3000", DATA_DIR: "/data" });
  expect(rollcall.volumes).toEqual(["data:/data"]);
  expect(read("Dockerfile")).toMatch(/^VOLUME \/data$/m);
  expect(rollcall.healthcheck.test.at(-1)).toContain("http://127.0.0.1:3000/ping");
  const stop = /STOP_MS = ([\d_]+)/.exec(
    globSync("src/**/*.ts", { cwd: ROOT })
      .map((path) => read(path))
      .find((text) => text.includes("STOP_MS =")) ?? "",
  );
  const stopSeconds = Number(stop?.[1]?.replaceAll("_", "")) / 1000;
  expect(stopSeconds).toBeGreaterThan(0);
  expect(Number.parseInt(rollcall.stop_grace_period, 10)).toBeGreaterThan(stopSeconds);
});

test.each(["bug", "detection"])("the issue form %s asks people not to paste a key", (name) => {
  const text = read(`.github/ISSUE_TEMPLATE/${name}.yml`);
  expect(text).toMatch(/\*\*Never paste (?:a|the) key/);
  expect(
    z
      .object({ body: z.array(z.unknown()) })
      .parse(parse(text))
      .body.at(-1),
  ).toMatchObject({
    type: "checkboxes",
    attributes: { options: [{ label: "This report contains no key, token or secret.", required: true }] },
  });
});
