/**
 * A patch that is not what it says it is: a hunk whose counts do not match its lines, or lines that belong to
 * no hunk. The caller reads the content in another way; nothing of the patch is used.
 */
export class PatchError extends Error {
  override readonly name = "PatchError";
  readonly code = "malformed_patch";
  readonly retryable = false;
  /** Line of the patch, from 1, at which it stops making sense. */
  readonly line: number;

  constructor(problem: string, line: number) {
    super(`${problem} at line ${line} of the patch; read the file itself instead`);
    this.line = line;
  }
}
