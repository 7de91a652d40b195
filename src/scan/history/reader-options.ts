import { z } from "zod";

/** What a reader process is told as its argument. */
export const readerOptionsSchema = z.strictObject({
  /** Bounds the age that a key may claim. */
  now: z.iso.datetime(),
  /** Work for one object with everything packed in it; null for any amount. */
  budget: z.int().nullable(),
  /** The blobs are compressed with brotli, which no byte in them says. */
  brotli: z.boolean(),
  /** Report each object as it is read, to know which of them ended the process. */
  singly: z.boolean(),
  /** Where archives too large to hold are written while they are read. */
  temporary: z.string(),
});
export type ReaderOptions = z.infer<typeof readerOptionsSchema>;

/** What a process that reads packs itself is told besides. */
export const packReaderOptionsSchema = z.strictObject({
  ...readerOptionsSchema.shape,
  /** Paths without the ending, by number. */
  packs: z.array(z.string()),
  idBytes: z.int(),
});
export type PackReaderOptions = z.infer<typeof packReaderOptionsSchema>;
