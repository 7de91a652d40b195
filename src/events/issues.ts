import { z } from "zod";
import type { Notice } from "../domain/index.ts";
import type { AppEvent } from "./event.ts";
import { repositoryFields, repositoryOf } from "./repository-fields.ts";

const payloadSchema = z.object({
  ...repositoryFields,
  action: z.string(),
  issue: z.object({ number: z.int(), body: z.string().nullish(), pull_request: z.unknown().optional() }),
  sender: z.object({ login: z.string(), type: z.string().nullish() }).nullish(),
  /** Present on `edited`: the fields that changed, with their former text. */
  changes: z.object({ body: z.object({ from: z.string().nullish() }).optional() }).optional(),
});

/** How every hidden marker of the app begins. */
const MARKER = "<!-- rollcall:";

/** A box of an issue that lists many keys: whether it is ticked, and the id that its line ends with. */
const BOX = /^- \[([ xX])\] .*<!-- key:([0-9a-f]{8,64}) -->$/gm;

/**
 * An issue was closed, reopened, edited, deleted or moved. What follows is decided by the issue as it is then; the event
 * alone says who ticked a box.
 */
export const issues: AppEvent = {
  names: ["opened", "closed", "reopened", "edited", "deleted", "transferred"].map(
    (action) => `issues.${action}`,
  ),
  notices(payload) {
    const fields = payloadSchema.parse(payload);
    const { action, issue, sender, changes } = fields;
    if (issue.pull_request !== undefined) return [];
    const repository = repositoryOf(fields);
    const { number } = issue;
    const body = issue.body ?? "";
    const before = changes?.body?.from ?? null;
    const marked = body.includes(MARKER) || before?.includes(MARKER) === true;
    const changed: Notice = { kind: "issue_changed", repository, number, marked };
    if (action !== "edited" || before === null) return [changed];
    const [old, now] = [boxesOf(before), boxesOf(body)];
    const turned = (to: boolean): string[] =>
      [...now].flatMap(([id, is]) => (is === to && old.get(id) === !to ? [id] : []));
    const [ticked, unticked] = [turned(true), turned(false)];
    if (ticked.length + unticked.length === 0) return [changed];
    const isPerson = sender?.type === "User" || sender?.type == null;
    const login = isPerson ? (sender?.login ?? null) : null;
    return [changed, { kind: "boxes_changed", repository, number, login, ticked, unticked }];
  },
};

function boxesOf(body: string): ReadonlyMap<string, boolean> {
  return new Map([...body.matchAll(BOX)].map(([, tick = " ", id = ""]) => [id, tick !== " "]));
}
