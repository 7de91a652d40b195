/** The Helm chart as far as it can be tested without helm; `.github/check-chart.sh` lints and renders it. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { VARIABLES } from "../../src/server/index.ts";

const ROOT = join(import.meta.dirname, "../..");
const CHART = join(ROOT, "deploy/helm/rollcall");
const read = (path: string): string => readFileSync(join(CHART, path), "utf8");
const tree = z.record(z.string(), z.unknown());
const values = tree.parse(parse(read("values.yaml")));

const schema = tree.parse(JSON.parse(read("values.schema.json")));
const validate = new Ajv({ strict: false }).compile(schema);

/** As helm does it: objects are merged, anything else is replaced. */
function merged(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const [mine, theirs] = [tree.safeParse(result[name]), tree.safeParse(value)];
    result[name] = mine.success && theirs.success ? merged(mine.data, theirs.data) : value;
  }
  return result;
}

const SMALLEST = tree.parse(parse(read("ci/smallest-values.yaml")));

test("an image and a Secret have to be given, and nothing else", () => {
  expect(validate(values)).toBe(false);
  expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain("/image/repository");
  expect(validate(merged(values, SMALLEST))).toBe(true);
});

test.each(globSync("ci/*-values.yaml", { cwd: CHART }))("%s fits the schema", (path) => {
  expect(validate(merged(values, tree.parse(parse(read(path)))))).toBe(true);
});

describe("the schema refuses", () => {
  test.each<readonly [string, Record<string, unknown>]>([
    ["a misspelt value", { replicaCount: 3 }],
    ["a secret among the plain variables", { env: { DATABASE_URL: "postgres://db" } }],
    ["a variable that the chart sets itself", { env: { ROLE: "all" } }],
    ["a number as a variable", { env: { LOG_LEVEL: 3 } }],
    ["a digest that is none", { image: { digest: "latest" } }],
    ["an ingress without a host", { ingress: { enabled: true, tlsSecret: "tls" } }],
    ["an ingress without a certificate", { ingress: { enabled: true, host: "rollcall.example.org" } }],
    ["a negative number of workers", { worker: { replicas: -1 } }],
    ["a port that is none", { monitor: { port: 0 } }],
  ])("%s", (_, changed) => {
    expect(validate(merged(merged(values, SMALLEST), changed))).toBe(false);
  });
});

const templates = globSync("templates/*", { cwd: CHART }).map(read).join("\n");

test("every value that a template uses is in values.yaml", () => {
  const used = [...templates.matchAll(/\.Values\.([A-Za-z.]+)/g)].map(([, path = ""]) => path);
  expect(used.length).toBeGreaterThan(20);
  const found = (path: string): boolean => {
    let at: unknown = values;
    for (const name of path.split(".")) {
      const here = tree.safeParse(at);
      if (!here.success || !(name in here.data)) return false;
      at = here.data[name];
    }
    return true;
  };
  expect(used.filter((path) => !found(path))).toEqual([]);
});

test("every variable that the chart sets or names is one that Rollcall reads", () => {
  const set = [...templates.matchAll(/- \{ name: ([A-Z_]+), value:/g)].map(([, name = ""]) => name);
  const named = [...read("values.yaml").matchAll(/\b[A-Z]+_[A-Z_]*[A-Z]\b/g)].map(([name]) => name);
  expect(set).toEqual(["ROLE", "HOST", "PORT", "DATA_DIR", "MONITOR_HOST", "MONITOR_PORT"]);
  expect([...set, ...named].filter((name) => !VARIABLES.includes(name))).toEqual([]);
});

test("pods are locked down", () => {
  for (const line of [
    "runAsNonRoot: true",
    "seccompProfile: { type: RuntimeDefault }",
    "automountServiceAccountToken: false",
    "allowPrivilegeEscalation: false",
    "readOnlyRootFilesystem: true",
    "capabilities: { drop: [ALL] }",
  ])
    expect(read("templates/_helpers.tpl")).toContain(line);
});

test("the chart brings the alerts of deploy/prometheus, and the version of package.json", () => {
  expect(read("files/alerts.yaml")).toBe(readFileSync(join(ROOT, "deploy/prometheus/alerts.yaml"), "utf8"));
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
  expect(z.object({ appVersion: z.string() }).parse(parse(read("Chart.yaml"))).appVersion).toBe(version);
});
