/**
 * What of the domain comes without a schema. The detector and the reports of the command line import this entry: loading
 * zod would take a third of their start.
 */
export { isInMobileApp } from "./archive-path.ts";
export { CONFIDENCES, KINDS } from "./credential.ts";
export { redact, Secret } from "./secret.ts";
