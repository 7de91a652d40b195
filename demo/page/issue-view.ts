import type { Issue } from "local-github";
import type { MarkdownIt } from "markdown-it";
import { Html, html } from "./html.ts";
import { icon } from "./marks.ts";

/** One issue with its body, as its own page shows it. */
export function issueView(issue: Issue, markdown: MarkdownIt): Html {
  const body = new Html(markdown.render(issue.body ?? ""));
  return html`<section class="view issue" id="issue-${issue.number}">
    <h1>${issue.title} <span class="soft">#${issue.number}</span></h1>
    <p class="status">
      <span class="state ${issue.state}"
        >${icon(issue.state)} ${issue.state === "open" ? "Open" : "Closed"}</span
      >
      <span class="soft"
        ><b>${issue.author.login.replace("[bot]", "")}</b> <span class="pill">bot</span> opened this
        issue</span
      >
    </p>
    <div class="columns reverse">
      <div>
        ${said(issue.author.login, body)}
        ${issue.comments.map((comment) => said(comment.author.login, new Html(markdown.render(comment.body))))}
      </div>
      <aside>
        <p class="soft">Assignees</p>
        <p>${issue.assignees.length === 0 ? "No one" : issue.assignees.map((one) => one.login).join(", ")}</p>
        <p class="soft">Labels</p>
        <p>
          ${issue.labels.length === 0 ? html`None yet` : issue.labels.map((label) => html`<span class="label">${label.name}</span> `)}
        </p>
      </aside>
    </div>
  </section> `;
}

function said(by: string, text: Html): Html {
  const bot = by.endsWith("[bot]") ? html` <span class="pill">bot</span>` : html``;
  return html`<div class="panel said">
    <p class="comment"><b>${by.replace("[bot]", "")}</b>${bot}</p>
    <div class="markdown-body">${text}</div>
  </div> `;
}

/** All issues, the newest first. */
export function issueList(issues: readonly Issue[]): Html {
  const rows = issues.toReversed().map(
    (issue) =>
      html`<li>
        ${icon(issue.state)}
        <a href="#issue-${issue.number}">${issue.title}</a>
        ${issue.labels.map((label) => html`<span class="label">${label.name}</span> `)}<span class="soft"
          >#${issue.number} by ${issue.author.login}</span
        >
      </li>`,
  );
  return html`<section class="view" id="issues">
    <h1>Issues</h1>
    <ul class="list panel">
      ${rows}
    </ul>
  </section> `;
}
