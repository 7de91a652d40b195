/** Bytes of a key that are looked for at once: few enough to be found where compression cuts the text to pieces. */
const WINDOW = 8;

/**
 * Looks for pieces of keys in what was written: any eight characters in a row of the secret part.
 *
 * PostgreSQL compresses long values, and its compression keeps at least seven of eight new characters in a row as they
 * are, so a search for the whole key would miss one that is stored.
 *
 * @param secrets the parts of keys that may stand nowhere, without prefix, account and last four
 * @returns those that were found, redacted to their first three characters
 */
export function secretsIn(written: Buffer, secrets: readonly string[]): string[] {
  const windows = new Map<string, string>();
  const begins = new Uint8Array(1 << 24);
  for (const secret of secrets) {
    for (let at = 0; at + WINDOW <= secret.length; at += 1) {
      const window = secret.slice(at, at + WINDOW);
      windows.set(window, `${secret.slice(0, 3)}…`);
      begins[Buffer.from(window).readUIntBE(0, 3)] = 1;
    }
  }
  const found = new Set<string>();
  let begin = written.length < 2 ? 0 : written.readUInt16BE(0);
  for (let at = 0; at + WINDOW <= written.length; at += 1) {
    begin = ((begin << 8) | (written[at + 2] ?? 0)) & 0xffffff;
    if (begins[begin] !== 1) continue;
    const whose = windows.get(written.toString("latin1", at, at + WINDOW));
    if (whose !== undefined) found.add(whose);
  }
  return [...found];
}
