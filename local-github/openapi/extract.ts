/**
 * Writes `extract.json`: the part of GitHub's OpenAPI description (npm package `@octokit/openapi`, MIT) that describes
 * the operations served and the webhooks sent here, with their schemas and without prose. The package is 420 MB
 * unpacked, so this downloads it into a temporary directory instead of depending on it.
 * Run `npm run openapi` after changing the list of endpoints or events.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { endpoints } from "../endpoints/index.ts";
import type { JsonObject } from "../json.ts";
import { isObject, listOf, objectsOf, textOf } from "../json.ts";
import { SENT_EVENTS } from "../webhooks/events.ts";
import { SCHEMAS } from "./description.ts";

const PACKAGE = "@octokit/openapi@23.0.2";
const FILE = "package/generated/api.github.com.json";
const run = promisify(execFile);

type Json = Record<string, unknown>;

/** Keywords that mean the same in OpenAPI 3.0 and JSON Schema. */
const KEPT = [
  "type",
  "enum",
  "const",
  "format",
  "pattern",
  "required",
  "minimum",
  "maximum",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
  "uniqueItems",
];

const description = await fetchDescription();
const schemas: Json = {};
const operations: Json = {};
for (const endpoint of endpoints) operations[endpoint.route] = extractOperation(endpoint.route);
const webhooks: Json = {};
for (const name of SENT_EVENTS) webhooks[name] = extractWebhook(name);

const sorted = Object.fromEntries(Object.entries(schemas).sort(([one], [other]) => (one < other ? -1 : 1)));
const parts = Object.entries({ operations, webhooks, schemas: sorted }).map(
  ([name, part]) => `${JSON.stringify(name)}: {\n${onePerLine(part)}\n}`,
);
const target = new URL("extract.json", import.meta.url);
await writeFile(target, `{\n"source": ${JSON.stringify(PACKAGE)},\n${parts.join(",\n")}\n}\n`);
console.log(`${Object.keys(operations).length} operations, ${Object.keys(schemas).length} schemas`);

function onePerLine(part: Json): string {
  const lines = Object.entries(part).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return lines.join(",\n");
}

async function fetchDescription(): Promise<JsonObject> {
  const directory = await mkdtemp(join(tmpdir(), "openapi-"));
  try {
    await run("npm", ["pack", "--silent", PACKAGE], { cwd: directory });
    const [archive = ""] = await readdir(directory);
    await run("tar", ["-xzf", archive, FILE], { cwd: directory });
    const value: unknown = JSON.parse(await readFile(join(directory, FILE), "utf8"));
    if (!isObject(value)) throw new Error(`${FILE} of ${PACKAGE} holds no object.`);
    return value;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function resolve(value: unknown): JsonObject {
  const reference = isObject(value) ? textOf(value["$ref"]) : null;
  let found: unknown = value;
  if (reference !== null) {
    found = description;
    for (const part of reference.slice(2).split("/")) found = isObject(found) ? found[part] : undefined;
  }
  if (!isObject(found)) throw new Error(`The description has nothing at ${JSON.stringify(value)}.`);
  return found;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const part of path) found = isObject(found) ? found[part] : undefined;
  return found;
}

function extractOperation(route: string): Json {
  const [method = "", path = ""] = route.split(" ");
  const operation = at(description, "paths", path, method.toLowerCase());
  if (!isObject(operation)) throw new Error(`GitHub's description has no ${route}.`);
  const parameters = objectsOf(operation["parameters"]).map((parameter) => {
    const { name, in: place, required, schema } = resolve(parameter);
    return { name, in: place, required: required === true, schema: extractSchema(schema, false) };
  });
  const body = operation["requestBody"];
  const bodySchema =
    body === undefined ? undefined : at(resolve(body), "content", "application/json", "schema");
  const responses: Json = {};
  for (const [status, response] of Object.entries(resolve(operation["responses"]))) {
    const schema = at(resolve(response), "content", "application/json", "schema");
    responses[status] = schema === undefined ? null : extractSchema(schema, false);
  }
  return {
    id: operation["operationId"],
    parameters,
    body: bodySchema === undefined ? null : extractSchema(bodySchema, true),
    bodyRequired: body !== undefined && resolve(body)["required"] === true,
    responses,
  };
}

function extractWebhook(name: string): unknown {
  const webhook = at(description, "x-webhooks", name, "post", "requestBody");
  if (webhook === undefined) throw new Error(`GitHub's description has no webhook ${name}.`);
  return extractSchema(at(resolve(webhook), "content", "application/json", "schema"), false);
}

/**
 * Converts a schema from OpenAPI 3.0 to JSON Schema. `closed` forbids properties that are not described: GitHub ignores
 * a misspelt name in a request, a test must not.
 */
function extractSchema(value: unknown, closed: boolean): unknown {
  if (!isObject(value)) return value;
  const reference = textOf(value["$ref"]);
  if (reference !== null) {
    if (closed) return extractSchema(resolve(value), true);
    const name = reference.split("/").at(-1) ?? "";
    if (schemas[name] === undefined) {
      schemas[name] = {};
      schemas[name] = extractSchema(resolve(value), false);
    }
    return { $ref: `${SCHEMAS}#/${name}` };
  }
  const schema: Json = {};
  for (const keyword of KEPT) if (value[keyword] !== undefined) schema[keyword] = value[keyword];
  // Git accepts any text as an address, and GitHub passes it on.
  if (schema["format"] === "email") delete schema["format"];
  for (const keyword of ["allOf", "anyOf", "oneOf"]) {
    if (value[keyword] !== undefined) {
      schema[keyword] = listOf(value[keyword]).map((one) =>
        extractSchema(one, closed && keyword === "oneOf"),
      );
    }
  }
  for (const keyword of ["items", "not"])
    if (value[keyword] !== undefined) schema[keyword] = extractSchema(value[keyword], closed);

  const { properties } = value;
  if (isObject(properties)) {
    schema["properties"] = Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [
        name,
        corrected(name, extractSchema(one, closed), properties),
      ]),
    );
    if (closed && value["additionalProperties"] === undefined) schema["additionalProperties"] = false;
  }
  if (value["additionalProperties"] !== undefined)
    schema["additionalProperties"] = extractSchema(value["additionalProperties"], closed);

  return value["nullable"] === true ? nullable(schema) : schema;
}

/** Corrects what the description gets wrong. */
function corrected(name: string, schema: unknown, among: JsonObject): unknown {
  if (!isObject(schema)) return schema;
  // In webhooks, the list of events that an app may subscribe to lacks newer ones (`merge_group`).
  if (name === "events" && isObject(schema["items"])) {
    const { enum: _names, ...items } = schema["items"];
    return { ...schema, items };
  }
  // In the list of installations, an account is said to be a user and an enterprise at once.
  if (name === "account" && Array.isArray(schema["anyOf"])) {
    const [both] = objectsOf(schema["anyOf"]);
    if (both !== undefined && Array.isArray(both["allOf"]))
      return { anyOf: [...listOf(both["allOf"]), { type: "null" }] };
  }
  // The head's repository and its owner are null if the fork was deleted.
  const isHead = "label" in among && "sha" in among && "ref" in among;
  if (isHead && (name === "repo" || name === "user")) return { anyOf: [schema, { type: "null" }] };
  return schema;
}

function nullable(schema: Json): Json {
  if (typeof schema["type"] !== "string" || schema["enum"] !== undefined)
    return { anyOf: [schema, { type: "null" }] };

  return { ...schema, type: [schema["type"], "null"] };
}
