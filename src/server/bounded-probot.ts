import type { IncomingMessage, ServerResponse } from "node:http";
import { Probot } from "probot";

/** GitHub delivers no payload over 25 MB: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const BODY_AT_MOST = 25 * 1024 ** 2;

/**
 * Probot that refuses a body before it is read, where it is longer than GitHub sends or does not tell its length. The
 * signature can be verified only over the whole body, which anybody may send: without this, of any length.
 */
export class BoundedProbot extends Probot {
  override async getNodeMiddleware(options: Parameters<Probot["getNodeMiddleware"]>[0] = {}) {
    const middleware = await super.getNodeMiddleware(options);
    const bounded = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
      const length = Number(request.headers["content-length"]);
      if (request.method !== "POST" || length <= BODY_AT_MOST) {
        return (await middleware(request, response)) === true;
      }
      response.writeHead(413, { connection: "close" }).end();
      return true;
    };
    return bounded;
  }
}
