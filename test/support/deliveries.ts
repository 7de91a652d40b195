import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const FOLDER = join(import.meta.dirname, "../../fixtures/webhooks");

const objectSchema = z.record(z.string(), z.unknown());
export type Payload = z.infer<typeof objectSchema>;

/** A payload as GitHub would send it, by the name of its file. */
export async function payloadOf(name: string): Promise<Payload> {
  return objectSchema.parse(JSON.parse(await readFile(join(FOLDER, `${name}.json`), "utf8")));
}

/** The webhook that a fixture is of, by the name of its file. */
export function eventOf(file: string): string {
  const names = ["pull_request", "merge_group", "check_run", "check_suite", "installation_repositories"];
  const name = file.replaceAll("-", "_");
  return names.find((candidate) => name.startsWith(candidate)) ?? name.split("_")[0] ?? name;
}

/** The payload with another value at `path`, such as `pull_request.head.sha`; undefined takes it out. */
export function changed(payload: Payload, path: string, value: unknown): Payload {
  const [key = "", ...rest] = path.split(".");
  if (rest.length > 0)
    return { ...payload, [key]: changed(objectSchema.parse(payload[key]), rest.join("."), value) };
  const { [key]: _, ...others } = payload;
  return value === undefined ? others : { ...others, [key]: value };
}
