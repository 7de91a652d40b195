import { createHmac } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { JsonObject } from "../../json.ts";
import { isObject } from "../../json.ts";

export interface Received {
  readonly event: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly payload: JsonObject;
  /** Whether the signature is right. */
  readonly signed: boolean;
}

/** The app's side of the webhooks: keeps what it receives and answers as it is told. */
export class Receiver {
  readonly secret = "webhook secret of the tests";
  readonly received: Received[] = [];
  readonly url: string;
  /** The status of every answer; null never answers. */
  answer: number | null = 202;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}/hook`;
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const receiver = new Receiver(server, typeof address === "object" && address !== null ? address.port : 0);
    server.on("request", (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        receiver.#take(Buffer.concat(chunks), request.headers);
        if (receiver.answer !== null) response.writeHead(receiver.answer).end("ok");
      });
    });
    return receiver;
  }

  #take(body: Buffer, headers: Readonly<Record<string, unknown>>): void {
    const signature = `sha256=${createHmac("sha256", this.secret).update(body).digest("hex")}`;
    const payload: unknown = JSON.parse(body.toString());
    if (!isObject(payload)) throw new Error("A webhook without a payload.");
    const signed = headers["x-hub-signature-256"] === signature;
    this.received.push({ event: String(headers["x-github-event"]), headers, payload, signed });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
