import type { ReportFormat } from "./format.ts";
import { JSON_FORMAT } from "./json.ts";
import { SARIF_FORMAT } from "./sarif.ts";
import { TEXT_FORMAT } from "./terminal.ts";

/** Every value of `--format`; the first is the default. Options, help and tests all read this list. */
export const FORMATS = [TEXT_FORMAT, JSON_FORMAT, SARIF_FORMAT] as const satisfies readonly ReportFormat[];
export const DEFAULT_FORMAT: ReportFormat = FORMATS[0];
