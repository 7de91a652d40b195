/**
 * Writes `schema.graphql`: the types and fields of GitHub's GraphQL schema (npm package `@octokit/graphql-schema`, MIT)
 * that `objects.ts` can answer, with the enums, scalars and inputs they need and without descriptions. The package is
 * 8 MB unpacked, so this downloads it into a temporary directory instead of depending on it.
 * Run `npm run graphql --workspace local-github` after changing `SERVED`.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DefinitionNode, FieldDefinitionNode } from "graphql";
import { Kind, parse, print, visit } from "graphql";

const PACKAGE = "@octokit/graphql-schema@15.26.1";
const FILE = "package/schema.graphql";
const run = promisify(execFile);

/** The types served, and of each the fields. A union keeps those members that are served. */
const SERVED: Readonly<Record<string, readonly string[]>> = {
  Query: ["id", "node", "repository"],
  Node: ["id"],
  Repository: ["databaseId", "id", "isArchived", "isPrivate", "issue", "name", "nameWithOwner", "url"],
  Issue: [
    "author",
    "body",
    "databaseId",
    "id",
    "number",
    "state",
    "stateReason",
    "timelineItems",
    "title",
    "url",
  ],
  IssueTimelineItemsConnection: ["nodes", "pageInfo", "totalCount"],
  IssueTimelineItems: [],
  PageInfo: ["endCursor", "hasNextPage", "hasPreviousPage", "startCursor"],
  ClosedEvent: ["actor", "closer", "createdAt", "id", "stateReason"],
  ReopenedEvent: ["actor", "createdAt", "id", "stateReason"],
  Closer: [],
  Commit: ["id", "message", "oid", "url"],
  PullRequest: ["databaseId", "id", "merged", "number", "state", "title", "url"],
  ProjectV2: ["id", "number", "title"],
  Actor: ["login", "url"],
  User: ["databaseId", "id", "login", "url"],
  Bot: ["databaseId", "id", "login", "url"],
  Organization: ["databaseId", "id", "login", "url"],
};

const definitions = new Map<string, DefinitionNode>();
for (const definition of parse(await fetchSchema()).definitions) {
  if ("name" in definition && definition.name !== undefined)
    definitions.set(definition.name.value, definition);
}
const extracted = new Map<string, DefinitionNode>();
for (const name of Object.keys(SERVED)) extracted.set(name, served(name));
for (const definition of extracted.values()) addReferenced(definition);

const sorted = [...extracted].sort(([one], [other]) => (one < other ? -1 : 1));
const text = sorted.map(([, definition]) => print(withoutProse(definition))).join("\n\n");
await writeFile(new URL("schema.graphql", import.meta.url), `# ${PACKAGE}\n\n${text}\n`);
console.log(`${extracted.size} types`);

async function fetchSchema(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "graphql-"));
  try {
    await run("npm", ["pack", "--silent", PACKAGE], { cwd: directory });
    const [archive = ""] = await readdir(directory);
    await run("tar", ["-xzf", archive, FILE], { cwd: directory });
    return await readFile(join(directory, FILE), "utf8");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function definitionOf(name: string): DefinitionNode {
  const definition = definitions.get(name);
  if (definition === undefined) throw new Error(`GitHub's schema has no type ${name}.`);
  return definition;
}

/** The definition of a served type, reduced to what is served. */
function served(name: string): DefinitionNode {
  const definition = definitionOf(name);
  if (definition.kind === Kind.UNION_TYPE_DEFINITION)
    return { ...definition, types: definition.types?.filter((type) => type.name.value in SERVED) ?? [] };

  if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION) {
    return {
      ...definition,
      interfaces: definition.interfaces?.filter((type) => type.name.value in SERVED) ?? [],
      fields: (SERVED[name] ?? []).map((field) => fieldOf(name, field, definition.fields ?? [])),
    };
  }
  return definition;
}

function fieldOf(type: string, name: string, fields: readonly FieldDefinitionNode[]): FieldDefinitionNode {
  const field = fields.find((one) => one.name.value === name);
  if (field === undefined) throw new Error(`GitHub's schema has no field ${type}.${name}.`);
  return field;
}

/** Adds the enums, scalars and inputs that a definition refers to. Other types must be served. */
function addReferenced(definition: DefinitionNode): void {
  visit(definition, {
    NamedType(node) {
      const name = node.name.value;
      const found = definitions.get(name);
      if (extracted.has(name) || found === undefined) return;
      const leaf =
        found.kind === Kind.ENUM_TYPE_DEFINITION ||
        found.kind === Kind.SCALAR_TYPE_DEFINITION ||
        found.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION;
      if (!leaf) throw new Error(`${name} is referred to and not served.`);
      extracted.set(name, found);
    },
  });
}

function withoutProse(definition: DefinitionNode): DefinitionNode {
  return visit(definition, {
    enter(node) {
      if ("description" in node && node.description !== undefined) {
        const { description: _description, ...rest } = node;
        return rest;
      }
      return undefined;
    },
    Directive: () => null,
  });
}
