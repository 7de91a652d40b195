import type { Clearance } from "../../domain/index.ts";

/**
 * On whose word a leak is in its state, as the end of a sentence. Only Stripe's answer counts as verified.
 *
 * @param person how a person is named, such as `@ann`
 */
export function groundsText(how: string, person: string | null): string {
  const by = person === null ? "" : ` by ${person}`;
  switch (how) {
    case "attested":
      return `attested${by}, not verified`;
    case "attested_by_pusher":
      return `attested${by}, who pushed the key or wrote its commit, not verified`;
    case "verified":
      return "verified: Stripe says that the key is dead";
    case "dismissed":
      return `dismissed${by}`;
    case "reopened":
      return `reopened${by}`;
    case "found":
      return "found";
    case "filed":
      return "its issue was opened";
    case "kept_open":
      return `closed${by} in a way that does not count, and kept open`;
    case "found_again":
      return "a new commit brought the key again";
    case "rebuilt":
      return "Rollcall closed its issue before its record was lost";
    case "still_active":
      return "Stripe says that the key still works";
    default:
      return `${how.replaceAll("_", " ")}${by}`;
  }
}

/** Whether Stripe itself said that the key is dead. */
export function isVerified({ how }: Pick<Clearance, "how">): boolean {
  return how === "verified";
}
