/** The code of a thread that takes a first look at files, for `LookThreads`. */
import { MessagePort, workerData } from "node:worker_threads";
import { FirstLook } from "./first-look.ts";
import type { LookAnswer, LookRequest } from "./look-threads.ts";

const port = portIn(workerData);
const look = new FirstLook();
port.on("message", ({ number, locations }: LookRequest) => {
  const sizes = look.sizesOf(locations);
  const answer: LookAnswer = { number, sizes };
  port.postMessage(answer, [sizes.buffer]);
});

function portIn(data: unknown): MessagePort {
  if (typeof data === "object" && data !== null && "port" in data && data.port instanceof MessagePort)
    return data.port;
  throw new TypeError("The thread was started without a port.");
}
