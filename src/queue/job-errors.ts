/** Thrown by the work of a job whose payload this version does not know. The job is kept for a version that does. */
export class UnknownPayloadError extends Error {
  override readonly name = "UnknownPayloadError";
}

/** Why a job was given up: one plain sentence that holds nothing from a repository. */
export class GivenUpError extends Error {
  override readonly name = "GivenUpError";
  readonly retry = "never";
}
