/** Runs one pipeline: keeps git asked, takes what the reader says, and knows what was not read if either dies. */
import { tmpdir } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { REFERENCE_BYTES } from "../../objects/index.ts";
import { ObjectPipeline } from "../../source/index.ts";
import { readerMessageSchema } from "./message.ts";
import type { ReaderMessage } from "./message.ts";
import type { ReadRequest } from "./read-request.ts";
import type { ReaderOptions } from "./reader-options.ts";

/** Beside this file in the sources and in the package, where it is compiled. */
const PROGRAM = fileURLToPath(new URL(`reader${extname(import.meta.filename)}`, import.meta.url));

export interface PipelineWork {
  /** Numbers of the objects to read next; null when there are no more. */
  next(): Uint32Array | null;
  take(message: ReaderMessage): void;
  /** An object was read. */
  took(number: number): void;
  /** An object names another: the first eight bytes of its id. */
  reference(low: number, high: number): void;
}

export interface PipelineRun {
  readonly isComplete: boolean;
  /** Objects that were asked for and not read. */
  readonly unread: Uint32Array;
}

export async function runPipeline(
  { repository, table, now, budget, brotli = false, signal }: ReadRequest,
  singly: boolean,
  work: PipelineWork,
): Promise<PipelineRun> {
  const options: ReaderOptions = { now: now.toISOString(), budget, brotli, singly, temporary: tmpdir() };
  const pipeline = new ObjectPipeline(repository, { program: PROGRAM, args: [JSON.stringify(options)] });
  const abort = (): void => pipeline.kill();
  signal.addEventListener("abort", abort, { once: true });
  const asked = new Asked();

  const feed = async (): Promise<void> => {
    while (!signal.aborted && pipeline.takesRequests) {
      const numbers = work.next();
      if (numbers === null) break;
      asked.add(numbers);
      let ids = "";
      for (const number of numbers) ids += `${table.idOf(number)}\n`;
      await pipeline.request(ids);
    }
    pipeline.endRequests();
  };
  try {
    if (signal.aborted) pipeline.kill();
    const [end] = await Promise.all([
      pipeline.done,
      feed(),
      takeMessages(pipeline.output, (message) => {
        if (message.kind === "read") asked.tookFirst(message.objects, work);
        work.take(message);
      }),
      takeReferences(pipeline.references, work),
    ]);
    return { isComplete: !end.gitFailed && !end.readerFailed, unread: asked.rest() };
  } finally {
    signal.removeEventListener("abort", abort);
    pipeline.kill();
  }
}

/** What was asked for and is not read yet, in order. */
class Asked {
  #parts: Uint32Array[] = [];

  add(numbers: Uint32Array): void {
    this.#parts.push(numbers);
  }

  tookFirst(count: number, work: PipelineWork): void {
    for (let left = count; left > 0;) {
      const [part] = this.#parts;
      if (part === undefined) return;
      const read = part.subarray(0, left);
      for (const number of read) work.took(number);
      left -= read.length;
      if (read.length === part.length) this.#parts.shift();
      else this.#parts[0] = part.subarray(read.length);
    }
  }

  rest(): Uint32Array {
    return Uint32Array.from(this.#parts.flatMap((part) => [...part]));
  }
}

async function takeMessages(
  output: AsyncIterable<Uint8Array>,
  take: (message: ReaderMessage) => void,
): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(readerMessageSchema.parse(JSON.parse(line)));
  }
}

async function takeReferences(blocks: AsyncIterable<Uint8Array>, work: PipelineWork): Promise<void> {
  let rest = Buffer.alloc(0);
  for await (const block of blocks) {
    const bytes =
      rest.length === 0
        ? Buffer.from(block.buffer, block.byteOffset, block.length)
        : Buffer.concat([rest, block]);
    let at = 0;
    for (; at + REFERENCE_BYTES <= bytes.length; at += REFERENCE_BYTES)
      work.reference(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));

    rest = Buffer.from(bytes.subarray(at));
  }
}
