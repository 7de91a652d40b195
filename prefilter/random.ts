/** Numbers from 0 to 1, the same at every run (xorshift32, Marsaglia 2003). */
export function createRandom(): () => number {
  let state = 20_261_124;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
