import { invalid } from "../http/refusal.ts";
import { listOf, numberOf, objectsOf, textOf } from "../json.ts";
import type { Annotation } from "../site/check.ts";

/** Most annotations in one request. Later requests append. */
const MAX_ANNOTATIONS = 50;
const MAX_BYTES = 64 * 1024;
const MAX_TITLE = 255;

/** The annotations of a request. 422 for what GitHub refuses. */
export function readAnnotations(value: unknown): Annotation[] {
  if (listOf(value).length > MAX_ANNOTATIONS)
    throw invalid("Only 50 annotations can be sent in one request.", "annotations");

  return objectsOf(value).map((one) => {
    const annotation: Annotation = {
      path: textOf(one["path"]) ?? "",
      start_line: numberOf(one["start_line"]) ?? 0,
      end_line: numberOf(one["end_line"]) ?? 0,
      start_column: numberOf(one["start_column"]),
      end_column: numberOf(one["end_column"]),
      annotation_level: textOf(one["annotation_level"]) ?? "",
      title: textOf(one["title"]),
      message: textOf(one["message"]) ?? "",
      raw_details: textOf(one["raw_details"]),
    };
    check(annotation);
    return annotation;
  });
}

function check(annotation: Annotation): void {
  const { start_line: start, end_line: end, start_column: from, end_column: to } = annotation;
  if (annotation.path === "") throw invalid("path is missing", "path");
  if (annotation.message === "") throw invalid("message is missing", "message");
  if (!["notice", "warning", "failure"].includes(annotation.annotation_level))
    throw invalid("annotation_level must be notice, warning or failure", "annotation_level");

  if (start < 1) throw invalid("start_line must be at least 1", "start_line");
  if (end < start) throw invalid("end_line must not be before start_line", "end_line");
  if ((from !== null || to !== null) && start !== end)
    throw invalid("columns are only allowed if start_line and end_line are the same", "start_column");

  if (from !== null && to !== null && to < from)
    throw invalid("end_column must not be before start_column", "end_column");
  if ((annotation.title ?? "").length > MAX_TITLE) throw invalid("title exceeds 255 characters", "title");
  for (const field of ["message", "raw_details"] as const) {
    if (Buffer.byteLength(annotation[field] ?? "") > MAX_BYTES)
      throw invalid(`${field} exceeds 64 KB`, field);
  }
}
