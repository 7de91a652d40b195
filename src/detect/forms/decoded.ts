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

/** @param capacity the largest number of characters that will be added */
export function createDecoded(source: string, capacity: number): Decoded {
  const parts: string[] = [];
  const starts = new Uint32Array(capacity);
  const ends = new Uint32Array(capacity);
  let length = 0;
  return {
    copy(from, to) {
      if (to <= from) return;
      parts.push(source.slice(from, to));
      for (let at = from; at < to; at++) {
        starts[length] = at;
        ends[length++] = at + 1;
      }
    },
    replace(text, from, to) {
      parts.push(text);
      for (let i = 0; i < text.length; i++) {
        starts[length] = from;
        ends[length++] = to;
      }
    },
    copyFrom(start, text) {
      parts.push(text);
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
