import type { IncomingMessage, ServerResponse } from "node:http";
import helmet from "helmet";

/**
 * Nothing that this server answers is a page: no script, style, frame or form of it may run. HSTS is left to the proxy that
 * ends TLS, because this server speaks plain HTTP.
 */
const protect = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  frameguard: { action: "deny" },
  strictTransportSecurity: false,
});

/** Gives an answer the headers that every answer has, whatever its status. Call it before anything is written. */
export function protectAnswer(request: IncomingMessage, response: ServerResponse): void {
  protect(request, response, () => {});
  response.setHeader("cache-control", "no-store");
}
