import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder in which Node keeps the compiled code of the processes that tests start. */
    codeCache: string;
  }
}

/** What the app gets of this environment as a process of a test. */
export function inheritedEnvironment(): Record<string, string> {
  return environmentOf(inject("codeCache"));
}

/** @param codeCache https://nodejs.org/api/cli.html#node_compile_cachedir */
export function environmentOf(codeCache: string): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: codeCache };
}
