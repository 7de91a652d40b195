/**
 * Checks requests, answers and webhooks against GitHub's OpenAPI description, with Ajv over `extract.json`. Schemas are
 * compiled on first use. It records nothing: callers turn problems into violations.
 */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import type { ErrorObject, ValidateFunction } from "ajv";
import formats from "ajv-formats";
import type { JsonObject } from "../json.ts";
import { isObject, objectsOf, textOf } from "../json.ts";

/** A request, an answer or a webhook that breaks GitHub's OpenAPI description. */
export interface Violation {
  readonly side: "request" | "answer" | "webhook";
  /** Method and path as in the description, or the webhook's event and action. */
  readonly operation: string;
  readonly message: string;
}

/** The parts of a request that are checked. */
interface DescribedRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Undefined if there was no body. */
  readonly body: unknown;
}

interface RequestCheck {
  readonly problems: readonly string[];
  /** Every problem is a limit exceeded: the endpoint answers 422, as GitHub does. */
  readonly onlyLimits: boolean;
}

/** GitHub's OpenAPI description, as far as `extract.json` has it. */
export interface Description {
  /** The operation id, for example `checks/create`; null for an unknown route. */
  operationId(route: string): string | null;
  checkRequest(route: string, request: DescribedRequest): RequestCheck;
  /** Problems of a successful answer. GitHub describes errors too loosely to check them. */
  checkAnswer(route: string, status: number, body: unknown): readonly string[];
  checkWebhook(event: string, action: string | null, payload: JsonObject): readonly string[];
}

/** The name under which the schemas refer to one another. */
export const SCHEMAS = "github.json";

const LIMITS = new Set(["maxItems", "maxLength"]);

interface Parameter {
  readonly name: string;
  readonly place: string;
  readonly required: boolean;
  readonly schema: JsonObject;
}

export function loadDescription(): Description {
  const extract: unknown = JSON.parse(readFileSync(new URL("extract.json", import.meta.url), "utf8"));
  const operations = part(extract, "operations");
  const webhooks = part(extract, "webhooks");
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
  formats.default(ajv);
  const coercing = new Ajv({ strict: false, allErrors: true, coerceTypes: "array" });
  formats.default(coercing);
  ajv.addSchema(part(extract, "schemas"), SCHEMAS);
  coercing.addSchema(part(extract, "schemas"), SCHEMAS);

  const compiled = new Map<string, ValidateFunction>();
  function validator(key: string, schema: JsonObject, by = ajv): ValidateFunction {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const made = by.compile(schema);
    compiled.set(key, made);
    return made;
  }

  function operation(route: string): JsonObject {
    const found = operations[route];
    if (!isObject(found)) throw new Error(`${route} is not in the extract: run npm run openapi.`);
    return found;
  }

  function checkParameters(route: string, request: DescribedRequest): string[] {
    const known = objectsOf(operation(route)["parameters"]).map(readParameter);
    const problems: string[] = [];
    for (const name of request.query.keys()) {
      if (!known.some((one) => one.place === "query" && one.name === name))
        problems.push(`the query parameter ${name} is not described`);
    }
    for (const { name, place, required, schema } of known) {
      const value = place === "query" ? request.query.get(name) : (request.parameters[name] ?? null);
      if (place !== "query" && place !== "path") continue;
      if (value === null) {
        if (required) problems.push(`the ${place} parameter ${name} is missing`);
        continue;
      }
      const validate = validator(`${route} ${place} ${name}`, { properties: { [name]: schema } }, coercing);
      if (!validate({ [name]: value })) problems.push(`${place}${describe(validate.errors ?? [])}`);
    }
    return problems;
  }

  return {
    operationId(route) {
      const found = operations[route];
      return isObject(found) ? textOf(found["id"]) : null;
    },
    checkRequest(route, request) {
      const problems = checkParameters(route, request);
      const { body, bodyRequired } = operation(route);
      if (request.body === undefined) {
        if (bodyRequired === true) problems.push("the body is missing");
        return { problems, onlyLimits: false };
      }
      if (!isObject(body)) return { problems, onlyLimits: false };
      const validate = validator(`${route} body`, body);
      if (validate(request.body)) return { problems, onlyLimits: false };
      const errors = validate.errors ?? [];
      const onlyLimits = problems.length === 0 && errors.every((error) => LIMITS.has(error.keyword));
      return { problems: [...problems, `body${describe(errors)}`], onlyLimits };
    },
    checkAnswer(route, status, body) {
      if (status >= 300) return [];
      const responses = operation(route)["responses"];
      const schema = isObject(responses) ? responses[String(status)] : undefined;
      if (schema === undefined) return [`the status ${status} is not described`];
      if (!isObject(schema) || Buffer.isBuffer(body)) return [];
      const validate = validator(`${route} ${status}`, schema);
      return validate(body) ? [] : [describe(validate.errors ?? [])];
    },
    checkWebhook(event, action, payload) {
      const name = [event, action]
        .filter((word) => word !== null)
        .join("-")
        .replaceAll("_", "-");
      const schema = webhooks[name];
      if (!isObject(schema)) return ["the webhook is not described: add it to webhooks/events.ts"];
      const validate = validator(`webhook ${name}`, schema);
      return validate(payload) ? [] : [describe(validate.errors ?? [])];
    },
  };
}

function part(extract: unknown, name: string): JsonObject {
  const found = isObject(extract) ? extract[name] : undefined;
  if (!isObject(found)) throw new Error(`extract.json has no ${name}: run npm run openapi.`);
  return found;
}

function readParameter(parameter: JsonObject): Parameter {
  const { schema } = parameter;
  return {
    name: textOf(parameter["name"]) ?? "",
    place: textOf(parameter["in"]) ?? "",
    required: parameter["required"] === true,
    schema: isObject(schema) ? schema : {},
  };
}

// A few errors are enough to find the cause. A failed `anyOf` would list the errors of every schema.
function describe(errors: readonly ErrorObject[]): string {
  return errors
    .slice(0, 6)
    .map((error) => `${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`)
    .join("; ");
}
