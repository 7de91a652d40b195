import type { Endpoint } from "../http/call.ts";
import { appEndpoints } from "./app.ts";
import { checkRunEndpoints } from "./checks.ts";
import { commitEndpoints } from "./commits.ts";
import { contentEndpoints } from "./contents.ts";
import { issueEndpoints } from "./issues.ts";
import { repositoryEndpoints } from "./repositories.ts";

/** Every REST endpoint that the local GitHub has. A new family is one file and one line here. */
export const endpoints: readonly Endpoint[] = [
  ...appEndpoints,
  ...checkRunEndpoints,
  ...commitEndpoints,
  ...contentEndpoints,
  ...issueEndpoints,
  ...repositoryEndpoints,
];
