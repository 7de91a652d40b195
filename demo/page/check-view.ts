import type { Annotation } from "local-github";
import type { CodeView } from "../chapter.ts";
import type { MarkdownIt } from "markdown-it";
import { seconds } from "../telling.ts";
import { Html, html } from "./html.ts";
import { icon, markFor } from "./marks.ts";
import type { PageEntry } from "./entry.ts";

const NOTHING = html``;

/** A check run as the "Checks" tab shows it, with its annotations on the code. */
export function checkView(entry: PageEntry, all: readonly PageEntry[], markdown: MarkdownIt): Html {
  const { run, message, head } = entry;
  const mark = markFor(run.conclusion);
  return html`<section class="view check" id="check-${entry.id}">
    <div class="commit">
      <h1>${message} <span class="soft">${head.slice(0, 7)}</span></h1>
    </div>
    <div class="columns">
      <aside>
        <p class="soft">Commits</p>
        <ol>
          ${all.map((other) => sideLink(other, other.id === entry.id))}
        </ol>
      </aside>
      <div>
        <div class="panel ${mark}">
          <p class="run">
            ${icon(mark)} <b>${run.name}</b>
            <span class="soft">${run.conclusion ?? run.status} after ${seconds(entry.ms)}</span>
          </p>
          <h2>${run.title ?? ""}</h2>
          <div class="markdown-body">${new Html(markdown.render(run.summary ?? ""))}</div>
        </div>
        ${run.annotations.length === 0 ? NOTHING : html`<h3 class="over">Annotations</h3>`}
        ${run.annotations.map((annotation, index) => annotated(annotation, entry.code[index] ?? []))}
        ${
          run.text === null
            ? NOTHING
            : html`<h3 class="over">Details</h3>
                <div class="panel markdown-body">${new Html(markdown.render(run.text))}</div>`
        }
      </div>
    </div>
  </section> `;
}

function sideLink(entry: PageEntry, current: boolean): Html {
  const link = html`<a href="#check-${entry.id}"
    >${icon(markFor(entry.run.conclusion))} <span>${labelOf(entry)}</span></a
  >`;
  return current ? html`<li class="current">${link}</li>` : html`<li>${link}</li>`;
}

/** The commit's message; where the check on it was written again, what happened instead. */
function labelOf({ chapter, message }: PageEntry): string {
  return chapter?.leakOf === undefined ? message : chapter.title;
}

const LEVELS = new Map([
  ["failure", "Check failure"],
  ["warning", "Check warning"],
]);

function annotated(annotation: Annotation, code: CodeView): Html {
  const level = LEVELS.get(annotation.annotation_level) ?? "Check notice";
  const lines =
    annotation.start_line === annotation.end_line
      ? `line ${annotation.start_line}`
      : `lines ${annotation.start_line} to ${annotation.end_line}`;
  const note = html`<div class="note ${annotation.annotation_level}">
    <p class="soft">${level} on ${lines}</p>
    <p><b>${annotation.title ?? ""}</b></p>
    <p class="message">${annotation.message}</p>
  </div>`;
  if (code.length === 0) {
    return html`<div class="file">
      <p class="name">${annotation.path}</p>
      ${note}
    </div>`;
  }
  const last = code.findLastIndex((line) => line.annotated);
  const table = (part: CodeView): Html =>
    html`<table>
      ${part.map(
        (line) =>
          html`<tr class="${line.annotated ? "annotated" : "plain"}">
            <td class="number">${line.number}</td>
            <td class="text">${line.text}</td>
          </tr>`,
      )}
    </table>`;
  return html`<div class="file">
    <p class="name">${annotation.path}</p>
    ${table(code.slice(0, last + 1))}${note}${table(code.slice(last + 1))}
  </div>`;
}
