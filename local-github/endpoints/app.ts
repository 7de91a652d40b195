import type { Answer, Call, Endpoint } from "../http/call.ts";
import { idParameter, parameter, requireApp } from "../http/call.ts";
import { paged, pagedUnder } from "../http/paging.ts";
import { Refusal, notFound } from "../http/refusal.ts";
import { renderApp, renderInstallation } from "../render/account.ts";
import { renderRepository } from "../render/repository.ts";
import { coveredBy, installationOn, repositoryNamed } from "../site/site.ts";

function getApp(call: Call): Answer {
  requireApp(call);
  return {
    status: 200,
    body: { ...renderApp(call.site, call.site.app), installations_count: call.site.installations.size },
  };
}

function listInstallations(call: Call): Answer {
  requireApp(call);
  return paged(call, [...call.site.installations.values()], (one) => renderInstallation(call.site, one));
}

function getInstallation(call: Call): Answer {
  requireApp(call);
  const installation = call.site.installations.get(idParameter(call, "installation_id"));
  if (installation === undefined) throw notFound();
  return { status: 200, body: renderInstallation(call.site, installation) };
}

function getRepositoryInstallation(call: Call): Answer {
  requireApp(call);
  const repository = repositoryNamed(call.site, `${parameter(call, "owner")}/${parameter(call, "repo")}`);
  const installation = repository === undefined ? undefined : installationOn(call.site, repository);
  if (installation === undefined) throw notFound();
  return { status: 200, body: renderInstallation(call.site, installation) };
}

function listAccessible(call: Call): Answer {
  const { caller } = call;
  if (caller.kind !== "installation") throw new Refusal(403, "Resource not accessible by integration");
  const limit = caller.token.repositories;
  const repositories = coveredBy(call.site, caller.installation).filter(
    (repository) => limit === null || limit.has(repository.id),
  );
  return pagedUnder(call, "repositories", repositories, (one) => renderRepository(call.site, one), {
    repository_selection: caller.installation.repositories === null ? "all" : "selected",
  });
}

export const appEndpoints: readonly Endpoint[] = [
  { route: "GET /app", answer: getApp },
  { route: "GET /app/installations", answer: listInstallations },
  { route: "GET /app/installations/{installation_id}", answer: getInstallation },
  { route: "GET /repos/{owner}/{repo}/installation", answer: getRepositoryInstallation },
  { route: "GET /installation/repositories", permission: ["metadata", "read"], answer: listAccessible },
];
