/** Runs one pipeline: keeps git asked, takes what the reader says, and knows what was not read if either dies. */
import { tmpdir } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { REFERENCE_BYTES } from "../../objects/index.ts";
import type { PackPlaces } from "../../objects/index.ts";
import { ObjectPipeline } from "../../source/index.ts";
import { readerMessageSchema } from "./message.ts";
import type { ReaderMessage } from "./message.ts";
import type { ReadRequest } from "./read-request.ts";
import { PackRequestWriter } from "./pack-request.ts";
import type { PackReaderOptions, ReaderOptions } from "./reader-options.ts";

/** Beside this file in the sources and in the package, where it is compiled. */
const READER = fileURLToPath(new URL(`reader${extname(import.meta.filename)}`, import.meta.url));
const PACK_READER = fileURLToPath(new URL(`pack-reader${extname(import.meta.filename)}`, import.meta.url));

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

/** With git, which reads any object. @param singly says which object ends a process */
export async function runPipeline(
  request: ReadRequest,
  singly: boolean,
  work: PipelineWork,
): Promise<PipelineRun> {
  const options = optionsOf(request, singly);
  const pipeline = new ObjectPipeline(request.repository, {
    program: READER,
    args: [JSON.stringify(options)],
  });
  const { table } = request;
  return await run(pipeline, request.signal, work, (numbers) => {
    let ids = "";
    for (const number of numbers) ids += `${table.idOf(number)}\n`;
    return ids;
  });
}

/** With a reader of packs alone. What it cannot read is left. */
export async function runPackPipeline(
  request: ReadRequest,
  places: PackPlaces,
  work: PipelineWork,
): Promise<PipelineRun> {
  const { table } = request;
  const options: PackReaderOptions = {
    ...optionsOf(request, false),
    packs: places.packs,
    idBytes: table.idBytes,
  };
  const pipeline = new ObjectPipeline(null, { program: PACK_READER, args: [JSON.stringify(options)] });
  const writer = new PackRequestWriter(table, places);
  return await run(pipeline, request.signal, work, (numbers) => writer.write(numbers));
}

function optionsOf({ now, budget, brotli = false }: ReadRequest, singly: boolean): ReaderOptions {
  return { now: now.toISOString(), budget, brotli, singly, temporary: tmpdir() };
}

async function run(
  pipeline: ObjectPipeline,
  signal: AbortSignal,
  work: PipelineWork,
  requestOf: (numbers: Uint32Array) => string | Uint8Array,
): Promise<PipelineRun> {
  const abort = (): void => pipeline.kill();
  signal.addEventListener("abort", abort, { once: true });
  const asked = new Asked();

  const feed = async (): Promise<void> => {
    while (!signal.aborted && pipeline.takesRequests) {
      const numbers = work.next();
      if (numbers === null) break;
      asked.add(numbers);
      await pipeline.request(requestOf(numbers));
    }
    pipeline.endRequests();
  };
  try {
    if (signal.aborted) pipeline.kill();
    const [end] = await Promise.all([
      pipeline.done,
      feed(),
      takeMessages(pipeline.output, (message) => {
        if (message.kind === "read") asked.tookFirst(message.objects + message.left, work);
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
