import type { Endpoint } from "../http/call.ts";
import { activityEndpoints } from "./activity.ts";
import { appEndpoints } from "./app.ts";
import { checkRunEndpoints } from "./check-runs.ts";
import { checkSuiteEndpoints } from "./check-suites.ts";
import { commitEndpoints } from "./commits.ts";
import { compareEndpoints } from "./compare.ts";
import { contentEndpoints } from "./contents.ts";
import { deliveryEndpoints } from "./deliveries.ts";
import { installationTokenEndpoints } from "./installation-tokens.ts";
import { issueHistoryEndpoints } from "./issue-history.ts";
import { issueEndpoints } from "./issues.ts";
import { labelEndpoints } from "./labels.ts";
import { pullEndpoints } from "./pulls.ts";
import { rateLimitEndpoints } from "./rate-limit.ts";
import { refEndpoints } from "./refs.ts";
import { repositoryEndpoints } from "./repositories.ts";

/** Every REST endpoint. A new family is one file and one line here. */
export const endpoints: readonly Endpoint[] = [
  ...activityEndpoints,
  ...appEndpoints,
  ...checkRunEndpoints,
  ...checkSuiteEndpoints,
  ...commitEndpoints,
  ...compareEndpoints,
  ...contentEndpoints,
  ...deliveryEndpoints,
  ...installationTokenEndpoints,
  ...issueHistoryEndpoints,
  ...issueEndpoints,
  ...labelEndpoints,
  ...pullEndpoints,
  ...rateLimitEndpoints,
  ...refEndpoints,
  ...repositoryEndpoints,
];
