/**
 * Answers GraphQL queries. Like GitHub it answers 200 with `errors` for a query that fails. A query that GitHub's schema
 * does not allow, or that needs more than is served here, is also recorded as a violation.
 */
import { readFileSync } from "node:fs";
import type { DocumentNode } from "graphql";
import { GraphQLError, buildSchema, execute, parse, validate } from "graphql";
import type { Answer, Caller } from "../http/call.ts";
import { tokenCovers } from "../http/call.ts";
import { isObject, textOf } from "../json.ts";
import { nodeId } from "../render/url.ts";
import type { Repository } from "../site/repository.ts";
import { mayRead } from "../site/roles.ts";
import type { Site } from "../site/site.ts";
import { repositoryNamed } from "../site/site.ts";
import { graphqlError, issueObject, repositoryObject } from "./objects.ts";

const SCHEMA = buildSchema(readFileSync(new URL("schema.graphql", import.meta.url), "utf8"));

/** The answer to `POST /graphql` with this body. */
export async function answerGraphql(site: Site, caller: Caller, body: unknown): Promise<Answer> {
  if (caller.kind === "nobody")
    return { status: 401, body: { message: "This endpoint requires you to be authenticated." } };

  if (caller.kind === "app")
    return { status: 403, body: { message: "Resource not accessible by integration" } };

  const query = isObject(body) ? textOf(body["query"]) : null;
  if (query === null)
    return { status: 400, body: { message: "A query attribute must be specified and must be a string." } };

  const variables = isObject(body) && isObject(body["variables"]) ? body["variables"] : {};
  const parsed = parseQuery(query);
  const errors = parsed instanceof GraphQLError ? [parsed] : validate(SCHEMA, parsed);
  if (parsed instanceof GraphQLError || errors.length > 0)
    return { status: 200, body: { errors: errors.map((error) => reportError(site, error)) } };

  const result = await execute({
    schema: SCHEMA,
    document: parsed,
    rootValue: rootFor(site, caller),
    variableValues: variables,
  });
  const failed = result.errors?.map((error) => reportError(site, error));
  return {
    status: 200,
    body: { data: result.data ?? null, ...(failed === undefined ? {} : { errors: failed }) },
  };
}

function parseQuery(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/** An error in GitHub's form. One without a `type` of GitHub's is the query's fault, and a violation. */
function reportError(site: Site, error: GraphQLError) {
  const { type } = error.extensions;
  if (typeof type !== "string")
    site.violations.push({ side: "request", operation: "POST /graphql", message: error.message });

  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(error.path === undefined ? {} : { path: error.path }),
    locations: error.locations ?? [],
    message: error.message,
  };
}

function rootFor(site: Site, caller: Extract<Caller, { kind: "installation" | "user" }>) {
  const visible = (repository: Repository): boolean =>
    !repository.private ||
    (caller.kind === "user"
      ? mayRead(repository, caller.account.login)
      : tokenCovers(caller.token, repository));
  const onIssues = (): void => {
    if (caller.kind === "installation" && caller.token.permissions["issues"] === undefined)
      throw graphqlError("FORBIDDEN", "Resource not accessible by integration");
  };
  return {
    id: nodeId("Query", 0),
    repository({ owner, name }: { readonly owner: string; readonly name: string }) {
      const repository = repositoryNamed(site, `${owner}/${name}`);
      if (repository === undefined || !visible(repository)) {
        const message = `Could not resolve to a Repository with the name '${owner}/${name}'.`;
        throw graphqlError("NOT_FOUND", message);
      }
      return repositoryObject(site, repository, onIssues);
    },
    node({ id }: { readonly id: string }) {
      for (const repository of site.repositories.values()) {
        if (!visible(repository)) continue;
        if (nodeId("Repository", repository.id) === id) return repositoryObject(site, repository, onIssues);
        const issue = repository.issues.values().find((one) => nodeId("Issue", one.id) === id);
        if (issue === undefined) continue;
        onIssues();
        return issueObject(site, repository, issue);
      }
      throw graphqlError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
    },
  };
}
