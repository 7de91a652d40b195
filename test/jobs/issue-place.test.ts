import { describe, expect, test } from "vitest";
import { issuePlaceOf } from "../../src/jobs/issue-place.ts";
import { placeProblem } from "../../src/jobs/place-problem.ts";
import { aContext, aRepository } from "../support/job-context.ts";

const SECURITY = {
  id: 900_001,
  name: "security",
  owner: { login: "acme" },
  private: true,
  archived: false,
  has_issues: true,
  default_branch: "main",
};

/** The place of a repository whose owner named one, and what GitHub shows under that name. */
async function placeOf(named: string | null, shown: object | null, hidden = true) {
  const context = aContext();
  const repository = aRepository({ private: hidden });
  if (named !== null)
    context.github.files.set("acme/.github/.github/rollcall.yml", `issues:\n  repository: ${named}\n`);
  if (shown !== null) context.github.named.set(named ?? "", shown);
  const place = await issuePlaceOf(context, repository);
  const own = place.details.map(({ id }) => (id === repository.id ? "own" : id));
  return { context, place, details: own };
}

describe("the place of report", () => {
  test.each([
    ["nothing named", null, null, ["own"], null],
    ["a private repository of the owner", "acme/security", SECURITY, [SECURITY.id, "own"], null],
    ["its name in other letters", "ACME/Security", SECURITY, [SECURITY.id, "own"], null],
    ["one that GitHub does not show", "acme/security", null, ["own"], "not_found"],
    ["a public one", "acme/security", { ...SECURITY, private: false }, ["own"], "public"],
    ["an archived one", "acme/security", { ...SECURITY, archived: true }, ["own"], "archived"],
    ["a blocked one", "acme/security", { ...SECURITY, disabled: true }, ["own"], "archived"],
    ["one without issues", "acme/security", { ...SECURITY, has_issues: false }, ["own"], "issues_off"],
    ["one of another owner", "evil/security", SECURITY, ["own"], "other_owner"],
    [
      "one that went to another owner",
      "acme/security",
      { ...SECURITY, owner: { login: "evil" } },
      ["own"],
      "other_owner",
    ],
  ])("of a private repository: %s", async (_name, named, shown, expected, problem) => {
    const { place, details } = await placeOf(named, shown);
    expect(details).toEqual(expected);
    expect(place).toMatchObject({ neutral: false, owners: { named, problem } });
    const told = placeProblem(place, null);
    expect(told?.startsWith("Rollcall cannot use the repository") ?? null).toBe(
      problem === null ? null : true,
    );
  });

  test.each([
    ["nothing named", null, null, []],
    ["a private repository of the owner", "acme/security", SECURITY, [SECURITY.id]],
    ["a public one", "acme/security", { ...SECURITY, private: false }, []],
  ])("of a public repository: %s", async (_name, named, shown, expected) => {
    const { place, details } = await placeOf(named, shown, false);
    expect(details).toEqual(expected);
    expect(place.neutral).toBe(true);
  });

  test("the named repository is on record by its id, so a rename is followed", async () => {
    const { context, place } = await placeOf("acme/old", { ...SECURITY, name: "security" });
    expect(place.details[0]).toMatchObject({ id: SECURITY.id, name: "security" });
    expect(await context.record.repositories.find(SECURITY.id)).toMatchObject({ name: "security" });
  });

  test("a request that fails decides nothing", async () => {
    const context = aContext();
    context.github.files.set("acme/.github/.github/rollcall.yml", "issues:\n  repository: acme/security\n");
    context.github.fault = (request) => (request === "GET /repos/acme/security" ? 502 : null);
    await expect(issuePlaceOf(context, aRepository())).rejects.toMatchObject({ code: "unavailable" });
  });

  test("a sentence about the place names no repository", async () => {
    const { place } = await placeOf("acme/security", { ...SECURITY, private: false });
    expect(placeProblem(place, null)).not.toContain("security");
  });
});
