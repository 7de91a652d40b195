/** The way back, one entry for each character of a reading. */
export interface Origins {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Collects the characters of a reading together with their original places. */
export interface Decoded {
  /** The characters `from..to` of the source, unchanged. */
  copy(from: number, to: number): void;
  /** `text`, which is at `start` of the source, once more. */
  copyFrom(start: number, text: string): void;
  /** `text` instead of `from..to` of the source; each of its characters maps to that whole range. */
  replace(text: string, from: number, to: number): void;
  readonly length: number;
  finish(): { readonly text: string; readonly origins: Origins };
}

export function createDecoded(source: string): Decoded {
  const parts: string[] = [];
  let starts = new Uint32Array(source.length + 64);
  let ends = new Uint32Array(source.length + 64);
  let length = 0;
  const makeRoom = (more: number): void => {
    if (length + more <= starts.length) return;
    const size = Math.max(2 * starts.length, length + more);
    starts = grown(starts, size);
    ends = grown(ends, size);
  };
  return {
    copy(from, to) {
      if (to <= from) return;
      parts.push(source.slice(from, to));
      makeRoom(to - from);
      for (let at = from; at < to; at++) {
        starts[length] = at;
        ends[length++] = at + 1;
      }
    },
    replace(text, from, to) {
      parts.push(text);
      makeRoom(text.length);
      for (let i = 0; i < text.length; i++) {
        starts[length] = from;
        ends[length++] = to;
      }
    },
    copyFrom(start, text) {
      parts.push(text);
      makeRoom(text.length);
      for (let i = 0; i < text.length; i++) {
        starts[length] = start + i;
        ends[length++] = start + i + 1;
      }
    },
    get length() {
      return length;
    },
    finish: () => ({ text: parts.join(""), origins: { starts, ends } }),
  };
}

function grown(numbers: Uint32Array, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(size);
  larger.set(numbers);
  return larger;
}
