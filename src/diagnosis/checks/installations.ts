/** Where the app is installed, and what each account has granted. */
import type { AppFacts, GitHubFacts, Granted, InstallationFacts } from "../facts.ts";
import { ok, problem, warning } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { NEEDS_GITHUB } from "./app.ts";
import { listed, missingOf } from "./granted.ts";

export function judgeInstallations({ app, installations, wanted }: GitHubFacts): Finding[] {
  if (installations.kind === "not_asked") return [];
  if (installations.kind === "failed") {
    return [
      warning(
        "Installations",
        `GitHub did not list the installations (${installations.code}).`,
        "Try again later.",
      ),
    ];
  }
  const { installations: list, isWhole } = installations.value;
  const page = app.kind === "answered" ? app.value.page : "";
  if (list.length === 0) {
    return [
      warning(
        "Installations",
        "The app is installed nowhere.",
        `Install it${page === "" ? "" : `: ${page}/installations/new`}.`,
      ),
    ];
  }
  const offered = app.kind === "answered" ? bothOf(wanted, app.value) : wanted;
  const active = list.filter(({ isSuspended }) => !isSuspended);
  const found = list.flatMap((each) => judgeOne(each, offered, active.length === 0));
  const counted = `${isWhole ? "" : "more than "}${list.length} ${list.length === 1 ? "account" : "accounts"}`;
  const summary = active.length === 0 ? [] : [ok("Installations", `installed on ${counted}${named(list)}.`)];
  return [...summary, ...found];
}

function named(list: readonly InstallationFacts[]): string {
  return list.length > 3 ? "" : `: ${listed(list.map(({ account }) => account))}`;
}

/** What is wanted and what the app itself has: an account can accept no more. */
function bothOf(wanted: Granted, app: AppFacts): Granted {
  const lacking = missingOf(wanted, app);
  const names = new Set(lacking.permissions.map((permission) => permission.split(":")[0]));
  return {
    permissions: Object.fromEntries(Object.entries(wanted.permissions).filter(([name]) => !names.has(name))),
    events: wanted.events.filter((event) => app.events.includes(event)),
  };
}

function judgeOne(
  { account, page, isSuspended, isSelection, hasOwnersFile, ...granted }: InstallationFacts,
  offered: Granted,
  isOnlyOne: boolean,
): Finding[] {
  const where = page === "" ? "the settings of the installation" : page;
  if (isSuspended) {
    const says = `${account} has suspended the app: it gets no deliveries and may do nothing there.`;
    const todo = `Ask its owner to unsuspend it at ${where}.`;
    return [
      isOnlyOne
        ? problem("Installations", says, todo, NEEDS_GITHUB, account)
        : warning("Installations", says, todo),
    ];
  }
  const { permissions, events, stops } = missingOf(offered, granted);
  const lacking = [...permissions, ...events.map((event) => `the event ${event}`)];
  const found: Finding[] = [];
  if (lacking.length > 0) {
    found.push(
      problem(
        "Installations",
        `${account} has not accepted ${listed(lacking)}.`,
        `Ask its owner to review the request at ${where}.`,
        stops,
        account,
      ),
    );
  }
  if (isSelection && hasOwnersFile === false) {
    found.push(
      warning(
        "Owner's file",
        `The app is not installed on ${account}/.github, so the file rollcall.yml of that repository does not count.`,
        `If ${account} has such a file, add the repository at ${where}.`,
      ),
    );
  }
  return found;
}
