import type { MarkdownIt } from "markdown-it";
import type { Life, Moment } from "../life.ts";
import { seconds } from "../telling.ts";
import { Html, html } from "./html.ts";
import { icon } from "./marks.ts";

/** One leak as a timeline: who did what, and when, from the commit that brought it. */
export function lifeView({ issue, moments }: Life, markdown: MarkdownIt): Html {
  const first = moments[0]?.at ?? 0;
  return html`<section class="view" id="life">
    <h1>The life of a leak <span class="soft">#${issue}</span></h1>
    <p class="soft">
      Who did what, and when, since the commit that brought the key. See also
      <a href="#issue-${issue}">its issue</a>.
    </p>
    <ol class="list life">
      ${moments.map((moment) => row(moment, first, markdown))}
    </ol>
  </section> `;
}

function row({ at, who, what, said, became }: Moment, first: number, markdown: MarkdownIt): Html {
  const comment =
    said === null ? html`` : html`<div class="panel markdown-body">${new Html(markdown.render(said))}</div>`;
  return html`<li class="${became === null || became === "comment" ? "plain" : became}">
    <time datetime="${new Date(at).toISOString()}">${seconds(at - first)}</time>
    ${became === null || became === "comment" ? html`<span class="dot"></span>` : icon(became)}
    <div>
      <p>
        <b>${who.replace("[bot]", "")}</b>
        ${who.endsWith("[bot]") ? html`<span class="pill">bot</span> ` : html``}${what}
      </p>
      ${comment}
    </div>
  </li> `;
}
