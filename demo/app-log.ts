import type { Readable } from "node:stream";
import { z } from "zod";

/** `pino`'s number for `warn`; what lies above is worse. */
const WARN = 40;

/** The fields of a line that tests read; a field of another type counts as missing. */
const lineSchema = z.object({
  msg: z.string().optional().catch(undefined),
  level: z.number().optional().catch(undefined),
  id: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  req: z.object({ id: z.string() }).optional().catch(undefined),
});

/** What the process writes, line by line, and what the lines tell of its jobs. */
export class AppLog {
  /** Everything that was written. */
  text = "";
  readonly #problems: string[] = [];
  /** Jobs that were stored and have not ended since. */
  #open = new Set<string>();
  /** Deliveries that were answered, by GUID, and how often. */
  readonly #answered = new Map<string, number>();
  readonly #watchers = new Set<(message: string) => void>();

  /** Takes what the streams of a new process bring, each by its lines. */
  follow(...streams: readonly Readable[]): void {
    for (const stream of streams) {
      let rest = "";
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.text += text;
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) this.#takeLine(line);
      });
    }
  }

  /** Corrects which jobs are open, after a process was killed before it wrote its last lines. */
  leftOpen(ids: readonly string[]): void {
    this.#open = new Set(ids);
    for (const watcher of this.#watchers) watcher("");
  }

  #takeLine(line: string): void {
    const { msg: message = line, level = WARN, id, name, req } = fieldsOf(line);
    if (level >= WARN) this.#problems.push(line);
    if (id !== undefined) {
      if (message === "job stored") this.#open.add(id);
      if (message === "job done" || message === "job failed for good") this.#open.delete(id);
    }
    if (name === "http" && req?.id !== undefined)
      this.#answered.set(req.id, (this.#answered.get(req.id) ?? 0) + 1);
    for (const watcher of this.#watchers) watcher(message);
  }

  problems(): readonly string[] {
    return this.#problems;
  }

  /** Resolves with the next line that has this message. */
  next(message: string): Promise<void> {
    return this.#when((said) => said === message);
  }

  /**
   * Resolves when every job has ended.
   *
   * @param answers deliveries that the app answered: their lines come after those that say which jobs were stored
   */
  async allJobsEnded(answers: readonly { readonly guid: string }[]): Promise<void> {
    const wanted = Map.groupBy(answers, ({ guid }) => guid);
    const ended = (): boolean =>
      wanted.entries().every(([guid, { length }]) => (this.#answered.get(guid) ?? 0) >= length) &&
      this.#open.size === 0;
    if (!ended()) await this.#when(ended);
  }

  #when(condition: (message: string) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = (message: string): void => {
      if (!condition(message)) return;
      this.#watchers.delete(watcher);
      resolve();
    };
    this.#watchers.add(watcher);
    return promise;
  }
}

function fieldsOf(line: string): z.infer<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return {};
  }
}
