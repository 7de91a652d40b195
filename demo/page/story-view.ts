import { counted, seconds } from "../telling.ts";
import { createMarkdown } from "../markdown.ts";
import { Html, html } from "./html.ts";
import { icon, markFor } from "./marks.ts";
import type { PageEntry } from "./entry.ts";

/** What happened, chapter by chapter, with links to what it left. Shown when the address names no view. */
export function storyView(entries: readonly PageEntry[]): Html {
  return html`<section class="view first" id="story">
    <h1>Every chapter and its verdict</h1>
    <ol class="list panel story">
      ${entries.map(row)}
    </ol>
  </section> `;
}

function row(entry: PageEntry, index: number, all: readonly PageEntry[]): Html {
  const { run, chapter, differences } = entry;
  const known = new Set(all[index - 1]?.issues.map((issue) => issue.number));
  const filed = entry.issues.filter((issue) => !known.has(issue.number));
  return html`<li>
    ${icon(markFor(run.conclusion))}
    <div>
      <h2>${chapter?.title ?? entry.message}</h2>
      <p>${sentence(chapter?.intro ?? "Pushed by hand.")}</p>
      <p>
        <a href="#check-${entry.id}"><b>${run.title ?? run.status}</b></a>
        <span class="soft"
          >${run.conclusion ?? run.status}, ${counted(run.annotations.length, "annotation")}, after
          ${seconds(entry.ms)}</span
        >${filed.map((issue) => html`<br /><a href="#issue-${issue.number}">Issue #${issue.number}: ${issue.title}</a>`)}${chapter?.leakOf === undefined ? html`` : html`<br /><a href="#life">The life of this leak</a>`}
      </p>
      ${differences.length === 0 ? html`<p class="soft">${sentence(chapter?.because ?? "")}</p>` : html`<p class="wrong">Not as expected: ${differences.join(" ")}</p>`}
    </div>
  </li> `;
}

function sentence(source: string): Html {
  return new Html(createMarkdown().renderInline(source));
}
