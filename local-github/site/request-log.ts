/** One request that arrived. */
export interface RequestRecord {
  readonly kind: "rest" | "graphql" | "git";
  readonly method: string;
  /** With the query; API paths without `/api/v3`. */
  readonly path: string;
  /** The operation id of the OpenAPI description (`checks/create`), `graphql`, or git's service; null if unknown. */
  readonly operation: string | null;
  /** 0 if the client never got a status: the connection was reset or hung. */
  readonly status: number;
  readonly ms: number;
  /** `app`, `installation 7`, a login, or `nobody`. */
  readonly as: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}
