import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Issue } from "local-github";
import { createMarkdown } from "../markdown.ts";
import { checkView } from "./check-view.ts";
import type { PageEntry, PageMore } from "./entry.ts";
import { Html, html } from "./html.ts";
import { issueList, issueView } from "./issue-view.ts";
import { lifeView } from "./life-view.ts";
import { pastView } from "./past-view.ts";
import { storyView } from "./story-view.ts";

/** Scripts, requests and foreign pictures are off whatever text a stranger got onto the page. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The page, complete in one file: a view a check run and an issue, switched by the fragment of the address. */
export async function renderPage(
  entries: readonly PageEntry[],
  issues: readonly Issue[],
  { life, past }: PageMore,
  repositoryUrl: string,
): Promise<string> {
  const markdown = createMarkdown((address) => viewOf(address, repositoryUrl, entries));
  const markdownCss = import.meta.resolve("github-markdown-css/github-markdown-light.css");
  const styles = [
    await readFile(fileURLToPath(markdownCss), "utf8"),
    await readFile(join(import.meta.dirname, "page.css"), "utf8"),
  ];
  const open = issues.filter((issue) => issue.state === "open").length;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Rollcall: checks and issues of acme/shop</title>
        <style>
          ${new Html(styles.join("\n"))}
        </style>
      </head>
      <body>
        <header class="top">
          <p class="repository">
            <span class="owner">acme</span> / <b>shop</b> <span class="pill">Private</span>
          </p>
          <nav>
            <a class="for-story" href="#story">Story</a>
            <a class="for-checks" href="#check-${entries[0]?.id ?? ""}"
              >Checks <span class="count">${entries.length}</span></a
            >
            <a class="for-issues" href="#issues">Issues <span class="count">${open}</span></a>
            ${life === null ? html`` : html`<a class="for-life" href="#life">The life of a leak</a>`}
            ${past === null ? html`` : html`<a class="for-past" href="#past">History</a>`}
          </nav>
        </header>
        <main>
          ${entries.map((entry) => checkView(entry, entries, markdown))}
          ${issues.map((issue) => issueView(issue, markdown))} ${issueList(issues)}
          ${life === null ? html`` : lifeView(life, markdown)}
          ${past === null ? html`` : pastView(past, new URL(repositoryUrl).origin)} ${storyView(entries)}
        </main>
        <footer>
          A page of Rollcall's demo, drawn after GitHub. Credentials are cut wherever GitHub would show the
          file as it is.
        </footer>
      </body>
    </html> `.text;
}

/** The view that replaces a page of the local GitHub, which is gone when the demo is over. */
function viewOf(address: string, repositoryUrl: string, entries: readonly PageEntry[]): string | null {
  if (!address.startsWith(`${repositoryUrl}/`)) return address === repositoryUrl ? "#story" : address;
  const [kind, name = ""] = address.slice(repositoryUrl.length + 1).split(/[/#?]/);
  if (kind === "issues") return `#issue-${name}`;
  const entry = entries.findLast((one) => one.head === name);
  return entry === undefined ? null : `#check-${entry.id}`;
}
