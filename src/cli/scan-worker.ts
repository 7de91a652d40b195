/** The program of a scanning thread: batches in, what they hold out. */
import { parentPort } from "node:worker_threads";
import { scanBatch } from "./scan-batch.ts";
import type { Batch } from "./scan-batch.ts";

parentPort?.on("message", (batch: Batch) => {
  parentPort?.postMessage(scanBatch(batch), []);
});
