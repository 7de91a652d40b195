/** What the history of a repository holds, judged by the configuration and the leaks as they are now. It writes nothing. */
import type { CurrentRepository } from "../domain/index.ts";
import { judgeHistory } from "../policy/index.ts";
import type { Configuration, HistoryKey } from "../policy/index.ts";
import type { Leak } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { stateOf } from "./judged-leak.ts";

export interface JudgedHistory {
  readonly keys: readonly HistoryKey[];
  readonly configuration: Configuration;
  /** Those of its keys that are leaks on record, by fingerprint. */
  readonly leaks: ReadonlyMap<string, Leak>;
}

/** @throws GitHubError if GitHub does not show the configuration */
export async function judgedHistory(
  context: JobContext,
  repository: CurrentRepository,
): Promise<JudgedHistory> {
  const { record } = context;
  const findings = await record.histories.findings(repository.id);
  const fingerprints = [...new Set(findings.map(({ finding }) => finding.fingerprint))];
  const leaks = await record.leaks.find(repository.id, fingerprints);
  const ignored = await record.ignoredKeys.find(repository.id, fingerprints);
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  const keys = judgeHistory({
    findings,
    leaks: new Map([...leaks].map(([fingerprint, leak]) => [fingerprint, stateOf(leak)])),
    ignoredKeys: new Map([...ignored].map(([fingerprint, { login }]) => [fingerprint, login])),
    configuration,
    now: context.now(),
  });
  return { keys, configuration, leaks };
}
