/** One request that arrived, REST or git. */
export interface RequestRecord {
  readonly kind: "rest" | "git";
  readonly method: string;
  /** With the query; REST paths without `/api/v3`. */
  readonly path: string;
  /** As the OpenAPI description names it (`checks/create`), or git's service; null for what nobody knows. */
  readonly operation: string | null;
  readonly status: number;
  readonly ms: number;
  /** `app`, `installation 7`, a login, or `nobody`. */
  readonly as: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}
