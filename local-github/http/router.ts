import type { Endpoint } from "./call.ts";

export interface Match {
  readonly endpoint: Endpoint;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Finds the endpoint for a method and a path; null if there is none. */
export type Router = (method: string, path: string) => Match | null;

interface Route {
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly segments: readonly string[];
  /** Whether the last parameter takes the rest of the path, including slashes. */
  readonly open: boolean;
}

// Parameters that contain slashes. Clients send them encoded or not.
const OPEN = new Set(["{path}", "{ref}", "{basehead}"]);

export function createRouter(endpoints: readonly Endpoint[]): Router {
  const routes = endpoints.map((endpoint): Route => {
    const [method = "", path = ""] = endpoint.route.split(" ");
    const segments = path.split("/").slice(1);
    return { endpoint, method, segments, open: OPEN.has(segments.at(-1) ?? "") };
  });
  // A literal segment wins over a parameter, and a closed route over an open one.
  const weight = (route: Route): number =>
    route.segments.filter((segment) => !segment.startsWith("{")).length * 2 + (route.open ? 0 : 1);
  routes.sort((one, other) => weight(other) - weight(one));

  return (method, path) => {
    const segments = path.split("/").slice(1);
    for (const route of routes) {
      if (route.method !== method) continue;
      const parameters = matchSegments(route, segments);
      if (parameters !== null) return { endpoint: route.endpoint, parameters };
    }
    return null;
  };
}

function matchSegments(route: Route, segments: readonly string[]): Record<string, string> | null {
  const fits = route.open
    ? segments.length >= route.segments.length
    : segments.length === route.segments.length;
  if (!fits) return null;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of route.segments.entries()) {
    const last = index === route.segments.length - 1;
    const found = route.open && last ? segments.slice(index).join("/") : (segments[index] ?? "");
    if (!expected.startsWith("{")) {
      if (expected !== found) return null;
    } else {
      const decoded = decode(found);
      if (decoded === null) return null;
      parameters[expected.slice(1, -1)] = decoded;
    }
  }
  return parameters;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
