/** The code of a thread that takes a first look at files, for `LookThreads`. */
import { workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { FirstLook } from "./first-look.ts";
import type { LookAnswer, LookRequest, LookWorkerData } from "./look-threads.ts";

const { port }: LookWorkerData<MessagePort> = workerData;
const look = new FirstLook();
port.on("message", ({ number, locations }: LookRequest) => {
  const sizes = look.sizesOf(locations);
  const answer: LookAnswer = { number, sizes };
  port.postMessage(answer, [sizes.buffer]);
});
