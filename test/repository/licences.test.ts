import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

/** Licences that ask for nothing but their own text, or that of the package, to be passed on. */
const ALLOWED = [
  "MIT",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "Unlicense",
  "BlueOak-1.0.0",
];

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
    }),
  ),
});

const { packages } = lockSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, "../../package-lock.json"), "utf8")),
);
const installed = Object.entries(packages).filter(
  ([path, { link }]) => path.startsWith("node_modules/") && link !== true,
);

test("every package that runs in production has a licence that is allowed", () => {
  const running = installed.filter(([, { dev }]) => dev !== true);
  expect(running.length).toBeGreaterThan(50);
  expect(running.filter(([, { license = "" }]) => !ALLOWED.includes(license)).map(([path]) => path)).toEqual(
    [],
  );
});

test("every package is pinned by its content", () => {
  const loose = installed.filter(([, { integrity = "" }]) => !integrity.startsWith("sha512-"));
  expect(loose.map(([path]) => path)).toEqual([]);
});
