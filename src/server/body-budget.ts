/**
 * Bounds the bytes of bodies whose signature is not checked yet: anyone may send them. Room for a whole body is reserved before
 * any of it is read; who finds none waits, unread, and the smallest goes first. A body that dawdles gives way to one that waits,
 * so slow senders cannot hold the room against GitHub. Small bodies, as nearly all of GitHub's are, have room of their own.
 */

/** Room for bodies of up to a size. */
export interface LaneOptions {
  /** Of one body. */
  readonly maxBytes: number;
  /** Of all bodies at once. */
  readonly roomBytes: number;
  /** After this long a body that is still incomplete gives way to one that waits. */
  readonly graceMs: number;
}

/** Room that was reserved for one body. */
export interface Reservation {
  /** Aborted if the body has to give way. */
  readonly gaveWay: AbortSignal;
  /** The body is complete and signed: from now on it gives way to none. */
  keep(): void;
  /** Gives the room back. A second call does nothing. */
  release(): void;
}

export interface BodyBudget {
  /**
   * Resolves when there is room.
   *
   * @param bytes of the whole body
   * @param givenUp once aborted, the body waits no longer
   * @throws the reason of `givenUp`
   */
  reserve(bytes: number, givenUp: AbortSignal): Promise<Reservation>;
}

interface Held {
  readonly bytes: number;
  readonly since: number;
  readonly giveWay: AbortController;
}

interface Waiting {
  readonly bytes: number;
  readonly admit: (reservation: Reservation) => void;
}

/** @param lanes from the smallest bodies to the largest; the last takes the rest */
export function createBodyBudget(lanes: readonly [LaneOptions, ...LaneOptions[]]): BodyBudget {
  const opened = lanes.map((options) => ({ options, reserve: openLane(options) }));
  return {
    reserve(bytes, givenUp) {
      const lane = opened.find(({ options }) => bytes <= options.maxBytes) ?? opened.at(-1);
      if (lane === undefined) throw new RangeError("A budget has at least one lane.");
      return lane.reserve(bytes, givenUp);
    },
  };
}

function openLane(options: LaneOptions): BodyBudget["reserve"] {
  const { roomBytes, graceMs } = options;
  /** The oldest first. */
  const held = new Set<Held>();
  /** The smallest first; of equals the one that came first. */
  const queue: Waiting[] = [];
  let used = 0;
  let timer: NodeJS.Timeout | null = null;

  function hold(bytes: number): Reservation {
    const one: Held = { bytes, since: performance.now(), giveWay: new AbortController() };
    held.add(one);
    used += bytes;
    let released = false;
    return {
      gaveWay: one.giveWay.signal,
      keep: () => held.delete(one),
      release() {
        if (released) return;
        released = true;
        held.delete(one);
        used -= bytes;
        admit();
      },
    };
  }

  function admit(): void {
    for (let next = queue[0]; next !== undefined && used + next.bytes <= roomBytes; next = queue[0]) {
      queue.shift();
      next.admit(hold(next.bytes));
    }
    watch();
  }

  /** While bodies wait, the oldest that is read gives way once its time is over. */
  function watch(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const [oldest] = held;
    if (queue.length === 0 || oldest === undefined) return;
    const leftMs = oldest.since + graceMs - performance.now();
    timer = setTimeout(
      () => {
        held.delete(oldest);
        // Whoever reads it releases the room.
        oldest.giveWay.abort();
        watch();
      },
      Math.max(0, leftMs),
    );
    timer.unref();
  }

  return async (bytes, givenUp) => {
    givenUp.throwIfAborted();
    if (queue.length === 0 && used + bytes <= roomBytes) return hold(bytes);
    const { promise, resolve, reject } = Promise.withResolvers<Reservation>();
    const waiting: Waiting = { bytes, admit: resolve };
    const at = queue.findIndex((other) => other.bytes > bytes);
    queue.splice(at === -1 ? queue.length : at, 0, waiting);
    const leave = (): void => {
      const index = queue.indexOf(waiting);
      if (index === -1) return;
      queue.splice(index, 1);
      watch();
      reject(givenUp.reason);
    };
    givenUp.addEventListener("abort", leave, { once: true });
    admit();
    try {
      return await promise;
    } finally {
      givenUp.removeEventListener("abort", leave);
    }
  };
}
