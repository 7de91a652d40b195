/** A request or an answer that is not as GitHub's OpenAPI description says. */
export interface Violation {
  readonly side: "request" | "answer";
  readonly operation: string;
  readonly message: string;
}
