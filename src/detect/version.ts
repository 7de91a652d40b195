/**
 * The version of the detector. A new version scans commits again, so it changes with everything that can alter a finding:
 * it is a digest of the code, without comments, and a test computes it again.
 *
 * When that test fails, it prints the value to write here.
 */
export const DETECTOR_VERSION = "c17cd673b768";
