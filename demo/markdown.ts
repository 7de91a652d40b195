import createMarkdownIt from "markdown-it";
import type { MarkdownIt, StateCore, Token } from "markdown-it";

const COMMENT = /^\s*(?:<!--(?:(?!-->)[\s\S])*-->\s*)+$/;

/** Type of the token for `[ ]` at the beginning of a list item; its `info` is `x` if it is ticked. */
export const TASK = "task";

/** Where a link leads instead; null where it leads nowhere. */
export type Redirect = (address: string) => string | null;

/**
 * Markdown with what GitHub adds to CommonMark: tables, struck-out text, bare addresses as links, task lists. Of HTML
 * only comments are understood (they show nothing); every tag is shown as text, which is stricter than GitHub.
 */
export function createMarkdown(redirect: Redirect = (address) => address): MarkdownIt {
  const markdown = createMarkdownIt({ html: true, linkify: true });
  markdown.core.ruler.after("inline", "task_lists", tickBoxes);
  markdown.core.ruler.after("inline", "redirects", (state) => {
    for (const link of state.tokens.flatMap((token) => token.children ?? [])) {
      if (link.type !== "link_open") continue;
      const address = redirect(String(link.attrGet("href") ?? ""));
      link.attrs = address === null ? null : [["href", address]];
    }
  });
  const asText = (tokens: Token[], index: number): string => {
    const html = tokens[index]?.content ?? "";
    return COMMENT.test(html) ? "" : markdown.utils.escapeHtml(html);
  };
  markdown.renderer.rules["html_inline"] = asText;
  markdown.renderer.rules["html_block"] = (tokens, index) => {
    const text = asText(tokens, index);
    return text === "" ? "" : `<p>${text}</p>\n`;
  };
  markdown.renderer.rules[TASK] = (tokens, index) =>
    `<input type="checkbox" class="task-list-item-checkbox" disabled${tokens[index]?.info === "x" ? " checked" : ""}> `;
  markdown.renderer.rules["image"] = (tokens, index) =>
    markdown.utils.escapeHtml(tokens[index]?.content ?? "");
  return markdown;
}

/** Puts a task token in place of `[ ] ` and `[x] ` where a list item begins with it. */
function tickBoxes(state: StateCore): void {
  for (const [index, token] of state.tokens.entries()) {
    const item = state.tokens[index - 2];
    const first = token.children?.[0];
    if (token.type !== "inline" || item?.type !== "list_item_open" || first?.type !== "text") continue;
    const box = /^\[([ xX])\] /.exec(first.content);
    if (box === null) continue;
    first.content = first.content.slice(box[0].length);
    const task = new state.Token(TASK, "input", 0);
    task.info = box[1] === " " ? "" : "x";
    token.children?.unshift(task);
    item.attrJoin("class", "task-list-item");
    const list = state.tokens
      .slice(0, index)
      .findLast((one) => one.level === item.level - 1 && one.nesting === 1);
    list?.attrSet("class", "contains-task-list");
  }
}
