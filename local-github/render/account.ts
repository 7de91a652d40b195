import { apiUrl, nodeId } from "./url.ts";
import type { Account } from "../site/account.ts";
import type { AppIdentity, Installation } from "../site/installation.ts";
import type { Site } from "../site/site.ts";

export function renderAccount(site: Site, account: Account) {
  const url = apiUrl(site, `/users/${encodeURIComponent(account.login)}`);
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("User", account.id),
    avatar_url: `${site.origin}/avatars/${account.id}`,
    gravatar_id: "",
    url,
    html_url:
      account === site.app.bot ? `${site.origin}/apps/${site.app.slug}` : `${site.origin}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: "public",
    site_admin: false,
  };
}

export function renderApp(site: Site, app: AppIdentity) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId("App", app.id),
    client_id: `Iv1.${app.id}`,
    owner: renderAccount(site, app.owner),
    name: app.name,
    description: "",
    external_url: site.origin,
    html_url: `${site.origin}/apps/${app.slug}`,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    permissions: app.permissions,
    events: app.events,
  };
}

export function renderInstallation(site: Site, installation: Installation) {
  const { suspended } = installation;
  return {
    id: installation.id,
    account: renderAccount(site, installation.account),
    repository_selection: installation.repositories === null ? "all" : "selected",
    access_tokens_url: apiUrl(site, `/app/installations/${installation.id}/access_tokens`),
    repositories_url: apiUrl(site, "/installation/repositories"),
    html_url: `${site.origin}/settings/installations/${installation.id}`,
    app_id: site.app.id,
    app_slug: site.app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type,
    permissions: installation.permissions,
    events: site.app.events,
    created_at: installation.createdAt,
    updated_at: installation.createdAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: suspended === null ? null : renderAccount(site, suspended.by),
    suspended_at: suspended?.at ?? null,
  };
}

/** An organization in webhook payloads. */
export function renderOrganization(site: Site, account: Account) {
  const url = apiUrl(site, `/orgs/${account.login}`);
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("Organization", account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${site.origin}/avatars/${account.id}`,
    description: null,
  };
}
