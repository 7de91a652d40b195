import { printableJson } from "../printable.ts";
import { CSV_FORMAT } from "./csv.ts";
import type { EvidenceFormat } from "./evidence.ts";
import { TEXT_FORMAT } from "./text.ts";

const JSON_FORMAT: EvidenceFormat = {
  name: "json",
  description: "for programs",
  render: (evidence) => `${printableJson(evidence)}\n`,
};

/** The formats of the evidence, the default first. */
export const EVIDENCE_FORMATS: readonly EvidenceFormat[] = [TEXT_FORMAT, JSON_FORMAT, CSV_FORMAT];
