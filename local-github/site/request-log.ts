/** One request that arrived, REST or git. */
export interface RequestRecord {
  readonly kind: "rest" | "git";
  readonly method: string;
  /** With the query; REST paths without `/api/v3`. */
  readonly path: string;
  /** The operation id of the OpenAPI description (`checks/create`), or git's service; null for an unknown endpoint. */
  readonly operation: string | null;
  /** 0 if the client never got a status: the connection was reset or hung. */
  readonly status: number;
  readonly ms: number;
  /** `app`, `installation 7`, a login, or `nobody`. */
  readonly as: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}
