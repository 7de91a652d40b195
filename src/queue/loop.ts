import type { Claim } from "./claim.ts";
import type { Lane } from "./job.ts";
import type { PoolRule } from "./slots.ts";

/** The state of one pool of workers: which of its lanes may hold jobs, and which jobs it runs. */
export class Loop {
  readonly rule: PoolRule;
  readonly running = new Set<Claim>();
  /** For each lane that may hold jobs, the number of its latest mention; a missing lane is empty. */
  readonly #filled = new Map<Lane, number>();
  #named = 0;
  #signal = Promise.withResolvers<void>();

  constructor(rule: PoolRule) {
    this.rule = rule;
  }

  /** Resolves when there may be a job to start; at once if that happened since the last call. */
  async woken(): Promise<void> {
    await this.#signal.promise;
    this.#signal = Promise.withResolvers<void>();
  }

  /** These lanes may hold jobs. */
  wake(lanes: readonly Lane[]): void {
    const mine = lanes.filter((lane) => this.rule.lanes.includes(lane));
    for (const lane of mine) this.#filled.set(lane, (this.#named += 1));
    if (mine.length > 0) this.again();
  }

  /** A worker is free again. */
  again(): void {
    this.#signal.resolve();
  }

  /** The lanes that may hold jobs, in the order in which they are asked. */
  filled(): readonly Lane[] {
    return this.rule.lanes.filter((lane) => this.#filled.has(lane));
  }

  /** Starts asking a lane; `empty` notes that it holds nothing, unless it was named since. */
  asking(lane: Lane): { empty(): void } {
    const named = this.#filled.get(lane);
    return {
      empty: () => {
        if (this.#filled.get(lane) === named) this.#filled.delete(lane);
      },
    };
  }

  /** Installations with a job in this pool. */
  installations(): readonly number[] {
    return [...new Set([...this.running].map((one) => one.installation_id))];
  }
}
