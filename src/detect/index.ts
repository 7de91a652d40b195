export { createDetector, detect, DETECTOR_VERSION, detectWithin } from "./detect.ts";
export type { Detector, DetectorBounds } from "./detect.ts";
export { redactText } from "./redact.ts";
export { toFinding } from "./detection.ts";
export type { Detected, Detection, Dismissal } from "./detection.ts";
export { describeRules } from "./rules.ts";
export type { Rule } from "./rules.ts";
