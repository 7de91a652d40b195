import type { Call } from "../http/call.ts";
import { invalid } from "../http/refusal.ts";
import type { JsonObject } from "../json.ts";
import { isObject, objectsOf, textOf } from "../json.ts";
import type { CheckRun } from "../site/check.ts";
import { readAnnotations } from "./annotations.ts";

/** Most characters of summary and text. */
const MAX_TEXT = 65_535;
const MAX_ACTIONS = 3;
/** Copies into a run what the request says. 422 if GitHub would refuse it; the run is then half changed. */
export function applyRequest(call: Call, run: CheckRun): void {
  const { body } = call;
  run.name = textOf(body["name"]) ?? run.name;
  run.detailsUrl = textOf(body["details_url"]) ?? run.detailsUrl;
  run.externalId = textOf(body["external_id"]) ?? run.externalId;
  run.startedAt = textOf(body["started_at"]) ?? run.startedAt;
  applyState(call, run);
  const { output } = body;
  if (isObject(output)) applyOutput(output, run);
  if (body["actions"] !== undefined) run.actions = readActions(body);
}

function applyState(call: Call, run: CheckRun): void {
  const conclusion = textOf(call.body["conclusion"]);
  const status = textOf(call.body["status"]);
  if (status === "completed" && conclusion === null && run.conclusion === null)
    throw invalid("conclusion is required when status is completed", "conclusion");

  if (conclusion !== null) {
    run.status = "completed";
    run.conclusion = conclusion;
    run.completedAt = textOf(call.body["completed_at"]) ?? call.site.now();
  } else if (status !== null) {
    run.status = status;
    if (status !== "completed") {
      run.conclusion = null;
      run.completedAt = null;
    }
  }
}

function applyOutput(output: JsonObject, run: CheckRun): void {
  const read = (name: "summary" | "text", before: string | null): string | null => {
    const value = textOf(output[name]);
    if (value !== null && value.length > MAX_TEXT)
      throw invalid(`${name} exceeds a maximum of ${MAX_TEXT} characters`, name);

    return value ?? before;
  };
  const annotations = readAnnotations(output["annotations"]);
  run.title = textOf(output["title"]) ?? run.title;
  run.summary = read("summary", run.summary);
  run.text = read("text", run.text);
  run.annotations.push(...annotations);
}

function readActions(body: JsonObject) {
  const actions = objectsOf(body["actions"]).map((action) => ({
    label: textOf(action["label"]) ?? "",
    description: textOf(action["description"]) ?? "",
    identifier: textOf(action["identifier"]) ?? "",
  }));
  if (actions.length > MAX_ACTIONS) throw invalid("Only up to 3 actions are allowed", "actions");
  for (const action of actions) {
    if (action.label.length > 20) throw invalid("label is too long (maximum is 20 characters)", "label");
    if (action.description.length > 40)
      throw invalid("description is too long (maximum is 40 characters)", "description");
    if (action.identifier.length > 20)
      throw invalid("identifier is too long (maximum is 20 characters)", "identifier");
  }
  return actions;
}
