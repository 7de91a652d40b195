/** Judges the facts: every finding in the order in which an operator would mend them, and what Rollcall can do. */
import { judgeApp, judgeClock } from "./checks/app.ts";
import { judgeDatabase } from "./checks/database.ts";
import { judgeInstallations } from "./checks/installations.ts";
import { judgeFolder, judgeGit, judgeNode } from "./checks/machine.ts";
import { judgeSettings } from "./checks/settings.ts";
import { judgeWebhook } from "./checks/webhook.ts";
import type { Facts } from "./facts.ts";
import { ABILITIES } from "./finding.ts";
import type { Ability, Finding } from "./finding.ts";

export interface Diagnosis {
  readonly at: Date;
  readonly version: string;
  readonly findings: readonly Finding[];
  /** What nothing stops anywhere. */
  readonly can: readonly Ability[];
  /** What is stopped, and the accounts where that is so; empty: everywhere. */
  readonly cannot: readonly { readonly ability: Ability; readonly on: readonly string[] }[];
}

export function diagnose(facts: Facts): Diagnosis {
  const { github, settings } = facts;
  const findings = [
    ...judgeNode(facts),
    ...judgeSettings(settings),
    ...judgeGit(facts.git),
    ...judgeFolder(facts.folder),
    ...judgeDatabase(facts.database, settings),
    ...(github === null
      ? []
      : [
          ...judgeClock(github),
          ...judgeApp(github),
          ...judgeInstallations(github),
          ...judgeWebhook(github, facts.at),
        ]),
  ];
  return { at: facts.at, version: facts.version, findings, ...abilitiesOf(findings) };
}

/** What else stops when one thing stops. */
const FOLLOWS: Partial<Record<Ability, readonly Ability[]>> = {
  start: ["deliveries"],
  deliveries: ["pushes", "pulls", "queues", "closings", "buttons"],
  // Without pushes and pull requests there is nothing to read or report.
  pushes: ["git"],
};

function abilitiesOf(findings: readonly Finding[]): Pick<Diagnosis, "can" | "cannot"> {
  const stopped = new Map<Ability, Set<string | null>>();
  const stop = (ability: Ability, on: string | null): void => {
    const places = stopped.get(ability) ?? new Set();
    if (places.has(on)) return;
    stopped.set(ability, places.add(on));
    for (const next of FOLLOWS[ability] ?? []) stop(next, on);
    if (ability === "start") for (const next of NAMES) stop(next, on);
  };
  for (const { stops, on } of findings) for (const ability of stops) stop(ability, on);
  return {
    can: NAMES.filter((ability) => !stopped.has(ability)),
    cannot: NAMES.flatMap((ability) => {
      const places = stopped.get(ability);
      if (places === undefined) return [];
      const accounts = [...places].filter((place) => place !== null);
      return [{ ability, on: places.has(null) ? [] : accounts }];
    }),
  };
}

const isAbility = (name: string): name is Ability => Object.hasOwn(ABILITIES, name);
const NAMES: readonly Ability[] = Object.keys(ABILITIES).filter(isAbility);
