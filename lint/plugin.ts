/**
 * The lint rules of this repository: what may import what, by the table in `rooms.ts`, and what a pure room may use.
 * It resolves paths only; oxlint parses. It refuses a file in a room or folder that the table does not declare.
 */
import { builtinModules } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { definePlugin, defineRule } from "@oxlint/plugins";
import type { Ranged } from "@oxlint/plugins";
import { DOORS, FOLDERS, PURE_GLOBALS, PURE_MODULES, ROOMS, STARTERS } from "./rooms.ts";
import type { Room } from "./rooms.ts";

const ROOT = join(import.meta.dirname, "..");

/** A file of the repository by the table: its folder, and its room where it is in one. */
interface Place {
  readonly path: string;
  readonly folder: string;
  readonly room: string | null;
}

function placeOf(file: string): Place {
  const path = relative(ROOT, file).split(sep).join("/");
  const [folder = "", room = "", ...rest] = path.split("/");
  return { path, folder, room: folder === "src" && rest.length > 0 ? room : null };
}

/** What is wrong with the place of a file, or null. */
function problemWithPlace({ path, folder, room }: Place): string | null {
  if (!path.includes("/")) return null;
  if (!Object.hasOwn(FOLDERS, folder)) return `The folder ${folder} is not declared in lint/rooms.ts.`;
  if (folder !== "src") return null;
  if (room === null)
    return Object.hasOwn(DOORS, path) ? null : `${path} is not in a room, nor a door in lint/rooms.ts.`;

  return Object.hasOwn(ROOMS, room) ? null : `The room src/${room} is not declared in lint/rooms.ts.`;
}

/** What is wrong with an import, or null. `specifier` is null where it is computed. */
function problemWithImport(from: Place, specifier: string | null, typeOnly: boolean): string | null {
  if (from.folder !== "src" && !Object.hasOwn(FOLDERS, from.folder)) return null;
  if (specifier === null)
    return from.folder === "src" ? "A computed import cannot be checked: write the path as a string." : null;

  if (!specifier.startsWith(".")) return problemWithModule(from, specifier);
  const to = placeOf(join(ROOT, dirname(from.path), specifier));
  if (to.folder !== from.folder) return problemBetweenFolders(from, to);
  return from.folder === "src" ? problemBetweenRooms(from, to, typeOnly) : null;
}

function problemWithModule(from: Place, specifier: string): string | null {
  if (/^(?:\/|#|file:|data:)/.test(specifier))
    return "Import a file of this repository by its relative path.";
  const [name = ""] = specifier.split("/");
  if (Object.hasOwn(FOLDERS, name) && name !== from.folder && !mayImport(from.folder, name))
    return `${from.folder}/ may not import ${name} (lint/rooms.ts).`;

  if (from.room === null || ROOMS[from.room]?.pure !== true) return null;
  const builtin = builtinModules.includes(specifier) ? `node:${specifier}` : specifier;
  return PURE_MODULES.has(builtin)
    ? null
    : `src/${from.room} is pure and may not import ${specifier} (PURE_MODULES in lint/rooms.ts).`;
}

function mayImport(from: string, to: string): boolean {
  return FOLDERS[from]?.imports.includes(to) === true;
}

function problemBetweenFolders(from: Place, to: Place): string | null {
  // Files at the root of the repository, such as package.json, belong to no folder.
  if (!to.path.includes("/")) return null;
  if (!mayImport(from.folder, to.folder))
    return `${from.folder}/ may not import ${to.folder}/ (lint/rooms.ts).`;
  if (FOLDERS[from.folder]?.inside.includes(to.folder) === true) return null;
  const entry = to.room === null ? `${to.folder}/index.ts` : `src/${to.room}/index.ts`;
  return to.path === entry ? null : `Import ${entry} instead of ${to.path}.`;
}

/** Whether others may enter the room by this file. */
function isEntry({ path, room }: Place): boolean {
  if (room === null) return false;
  return ["index.ts", ...(ROOMS[room]?.entries ?? [])].some((name) => path === `src/${room}/${name}`);
}

function problemBetweenRooms(from: Place, to: Place, typeOnly: boolean): string | null {
  if (STARTERS[from.path] === to.path) return null;
  if (to.room === null)
    return to.path.startsWith("src/") ? `${to.path} starts a process: do not import it.` : null;
  if (to.room === from.room) return null;
  const room: Room | undefined = from.room === null ? undefined : ROOMS[from.room];
  const allowed = room?.imports ?? DOORS[from.path] ?? [];
  const typesAllowed = typeOnly && (room?.types ?? []).includes(to.room);
  if (!allowed.includes(to.room) && !typesAllowed)
    return `src/${from.room ?? "*.ts"} may not import src/${to.room} (lint/rooms.ts).`;

  return isEntry(to) ? null : `Import src/${to.room}/index.ts instead of ${to.path}.`;
}

const imports = defineRule({
  meta: { type: "problem", docs: { description: "Imports follow the table in lint/rooms.ts" } },
  create(context) {
    const from = placeOf(context.filename);
    const check = (node: Ranged, specifier: string | null, typeOnly: boolean): void => {
      const message = problemWithImport(from, specifier, typeOnly);
      if (message !== null) context.report({ node, message });
    };
    return {
      Program(node) {
        const message = problemWithPlace(from);
        if (message !== null) context.report({ node, message });
      },
      ImportDeclaration(node) {
        check(node.source, node.source.value, node.importKind === "type");
      },
      ExportAllDeclaration(node) {
        check(node.source, node.source.value, node.exportKind === "type");
      },
      ExportNamedDeclaration(node) {
        if (node.source !== null) check(node.source, node.source.value, node.exportKind === "type");
      },
      ImportExpression(node) {
        const { source } = node;
        check(
          source,
          source.type === "Literal" && typeof source.value === "string" ? source.value : null,
          false,
        );
      },
      TSImportType(node) {
        check(node.source, node.source.value, true);
      },
    };
  },
});

/** Nodes below which a name is that of a type. */
const TYPE_POSITIONS = new Set<string>([
  "TSTypeReference",
  "TSTypeQuery",
  "TSQualifiedName",
  "TSInterfaceHeritage",
  "TSClassImplements",
]);

const globals = defineRule({
  meta: { type: "problem", docs: { description: "A pure room uses no global that does I/O" } },
  create(context) {
    const { room } = placeOf(context.filename);
    if (room === null || ROOMS[room]?.pure !== true) return {};
    return {
      Program() {
        const scope = context.sourceCode.scopeManager.globalScope;
        // A global that oxlint knows is a variable without a definition; one that it does not know is unresolved.
        const known = scope?.variables.filter(({ defs }) => defs.length === 0) ?? [];
        const references = [...(scope?.through ?? []), ...known.flatMap((variable) => variable.references)];
        for (const { identifier } of references) {
          if (PURE_GLOBALS.has(identifier.name) || TYPE_POSITIONS.has(identifier.parent.type)) continue;
          context.report({
            node: identifier,
            message: `src/${room} is pure and may not use ${identifier.name} (PURE_GLOBALS in lint/rooms.ts).`,
          });
        }
      },
    };
  },
});

export default definePlugin({ meta: { name: "rollcall" }, rules: { imports, globals } });
