/** Thrown if this version does not know a job's payload. The job is kept for a version that does. */
export class UnknownPayloadError extends Error {
  override readonly name = "UnknownPayloadError";
}

/** Why a job was given up: one plain sentence without anything from a repository. */
export class GivenUpError extends Error {
  override readonly name = "GivenUpError";
  readonly retry = "never";
}
