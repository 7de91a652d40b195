/** What is right and wrong with an installation of Rollcall: facts in, findings out. */
export { diagnose } from "./diagnose.ts";
export type { Diagnosis } from "./diagnose.ts";
export type {
  Asked,
  DatabaseFacts,
  Facts,
  FolderFacts,
  GitFacts,
  GitHubFacts,
  Granted,
  InstallationFacts,
  SettingsFacts,
} from "./facts.ts";
export { renderJson, renderText } from "./render.ts";
