/** The name of the check that a branch rule requires. The newest run of it on a commit counts. */
export const CHECK_NAME = "Rollcall";

/** The name of the check on the history of a private repository. It is never to be required. */
export const HISTORY_CHECK_NAME = "Rollcall history";
