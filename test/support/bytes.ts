export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}
