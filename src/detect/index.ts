export { createDetector, detect, DETECTOR_VERSION } from "./detect.ts";
export type { Detector } from "./detect.ts";
export { redactText } from "./redact.ts";
export { findingSchema, PLACES, toFinding } from "./finding.ts";
export type { Detected, Detection, Dismissal, Finding, Place } from "./finding.ts";
export { Secret } from "./secret.ts";
export { CONFIDENCES, ENCODINGS, KINDS, MODES } from "./vocabulary.ts";
export type { Confidence, Encoding, Kind, Mode } from "./vocabulary.ts";
