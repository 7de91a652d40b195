import type { ShownPast } from "../observe-past.ts";
import { createMarkdown } from "../markdown.ts";
import { Html, html } from "./html.ts";
import { icon, markFor } from "./marks.ts";

/** What the reading of an old repository's history left: its check run and its issue. */
export function pastView({ repository, run, issue }: ShownPast, origin: string): Html {
  // The local GitHub is gone when the demo is over.
  const markdown = createMarkdown((address) => (address.startsWith(origin) ? null : address));
  const mark = markFor(run.conclusion);
  return html`<section class="view past" id="past">
    <h1>What acme/${repository} held before Rollcall was installed</h1>
    <div class="panel ${mark}">
      <p class="run">
        ${icon(mark)} <b>${run.name}</b> <span class="soft">${run.conclusion ?? run.status}</span>
      </p>
      <h2>${run.title ?? ""}</h2>
      <div class="markdown-body">${new Html(markdown.render(run.summary ?? ""))}</div>
    </div>
    <h3 class="over">Details</h3>
    <div class="panel markdown-body">${new Html(markdown.render(run.text ?? ""))}</div>
    <h3 class="over">Issue</h3>
    <div class="panel said">
      <p class="comment"><b>${issue.title}</b> <span class="soft">#${issue.number}, ${issue.state}</span></p>
      <div class="markdown-body">${new Html(markdown.render(issue.body ?? ""))}</div>
    </div>
  </section> `;
}
