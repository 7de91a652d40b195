/** The index of a pack, version 2 (gitformat-pack): which objects it holds, and where. */

/** Magic and version, then 256 counts of ids by their first byte. */
const HEAD = 8;
const FAN_OUT = 1024;
const MAGIC = 0xff74_4f63;
const VERSION = 2;
const IS_FAR = 0x8000_0000;
const HALF = 1 << 16;

export interface PackIndex {
  readonly count: number;
  /** The ids, in the order of the places in the pack, as places in the file of the index. */
  readonly ids: Uint32Array;
  /** Where each begins in the pack, ascending. */
  readonly offsets: Float64Array;
  /** The checksum that ends the pack. */
  readonly packChecksum: Buffer;
}

/** Null for another version, or a file that is damaged. */
export function parsePackIndex(file: Buffer, idBytes: number): PackIndex | null {
  if (file.length < HEAD + FAN_OUT + 2 * idBytes) return null;
  if (file.readUInt32BE(0) !== MAGIC || file.readUInt32BE(4) !== VERSION) return null;
  const count = file.readUInt32BE(HEAD + FAN_OUT - 4);
  const names = HEAD + FAN_OUT;
  const near = names + count * (idBytes + 4);
  const far = near + 4 * count;
  const farBytes = file.length - 2 * idBytes - far;
  if (farBytes < 0 || farBytes % 8 !== 0) return null;
  const offsets = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const offset = file.readUInt32BE(near + 4 * index);
    const place = 8 * (offset - IS_FAR);
    if (offset >= IS_FAR && place + 8 > farBytes) return null;
    offsets[index] = offset < IS_FAR ? offset : Number(file.readBigUInt64BE(far + place));
  }
  const order = sortedBy(offsets);
  return {
    count,
    ids: order.map((index) => names + index * idBytes),
    offsets: Float64Array.from(order, (index) => offsets[index] ?? 0),
    packChecksum: file.subarray(file.length - 2 * idBytes, file.length - idBytes),
  };
}

/** Numbers of the values in ascending order: by halves of words, from the lowest, as many as the largest has. */
function sortedBy(values: Float64Array): Uint32Array {
  let order = new Uint32Array(values.length).map((_, index) => index);
  let other = new Uint32Array(values.length);
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  const starts = new Uint32Array(HALF + 1);
  for (let unit = 1; unit <= largest; unit *= HALF) {
    const halfOf = (index: number): number => Math.floor((values[index] ?? 0) / unit) % HALF;
    starts.fill(0);
    for (let index = 0; index < values.length; index++) {
      const next = halfOf(index) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
    for (let half = 1; half <= HALF; half++) starts[half] = (starts[half] ?? 0) + (starts[half - 1] ?? 0);
    for (const index of order) {
      const half = halfOf(index);
      const to = starts[half] ?? 0;
      starts[half] = to + 1;
      other[to] = index;
    }
    [order, other] = [other, order];
  }
  return order;
}
