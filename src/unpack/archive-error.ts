/** Why a container is not opened; its bytes are searched as they are. */
export type UnopenedReason = "damaged" | "encrypted" | "unsupported";

/** A container cannot be opened, or only in part. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly code: UnopenedReason;

  constructor(code: UnopenedReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
