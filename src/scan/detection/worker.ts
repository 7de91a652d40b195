/** The code of a thread of the pool: takes a request, gives what was found. Only redacted findings leave it. */
export { scanContent as default } from "./scan-content.ts";
