import { code } from "../markdown.ts";

/** People and teams in an issue. A name that GitHub would not give is shown as code, because it may be anything. */

const LOGIN = /^[a-z\d](?:[a-z\d-]{0,38})$/i;
const TEAM = /^@[a-z\d](?:[a-z\d-]{0,38})\/[a-z\d][a-z\d_.-]{0,99}$/i;

/** `@ann`, which notifies them if they can read the issue. Apps have no page, so their name is code. */
export function mention(login: string): string {
  return LOGIN.test(login) ? `@${login}` : code(login);
}

/** `@acme/payments`; null if it is no name of a team. */
export function mentionTeam(team: string): string | null {
  return TEAM.test(team) ? team : null;
}
