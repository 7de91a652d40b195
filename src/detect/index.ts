export { createDetector, detect } from "./detect.ts";
export type { Detector } from "./detect.ts";
export { redactText } from "./redact/redact-text.ts";
export { toFinding } from "./detection.ts";
export type { Detected, Detection, Dismissal } from "./detection.ts";
export { DETECTOR_VERSION } from "./version.ts";
export { describeRules } from "./rules.ts";
export type { Rule } from "./rules.ts";
