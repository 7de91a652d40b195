import type { Answer, Call } from "./call.ts";
import { invalid } from "./refusal.ts";

export interface Page {
  readonly page: number;
  readonly perPage: number;
}

/** `page` and `per_page` as GitHub reads them: `usual` by default, at most `most`. */
export function pageOf(call: Call, usual = 30, most = 100): Page {
  const read = (name: string, otherwise: number): number => {
    const text = call.query.get(name);
    if (text === null) return otherwise;
    if (!/^\d{1,9}$/.test(text)) throw invalid(`${name} must be a number`, name);
    return Number(text);
  };
  const asked = read("per_page", usual);
  return { page: Math.max(1, read("page", 1)), perPage: asked === 0 ? usual : Math.min(most, asked) };
}

/** The `Link` header for one page of `total` items; empty if everything fits on one page. */
export function linkHeader(call: Call, { page, perPage }: Page, total: number): Record<string, string> {
  const last = Math.max(1, Math.ceil(total / perPage));
  const links: string[] = [];
  const link = (to: number, relation: string): void => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(to));
    links.push(`<${call.site.origin}/api/v3${call.path}?${query.toString()}>; rel="${relation}"`);
  };
  if (page > 1) link(Math.min(page - 1, last), "prev");
  if (page < last) {
    link(page + 1, "next");
    link(last, "last");
  }
  if (page > 1) link(1, "first");
  return links.length === 0 ? {} : { link: links.join(", ") };
}

export function slice<T>(items: readonly T[], { page, perPage }: Page): readonly T[] {
  return items.slice((page - 1) * perPage, page * perPage);
}

/** Answers one page of a list. */
export function paged<T>(call: Call, items: readonly T[], render: (item: T) => unknown): Answer {
  const page = pageOf(call);
  return { status: 200, body: slice(items, page).map(render), headers: linkHeader(call, page, items.length) };
}

/** Answers one page of a list as `{ total_count, [name]: […] }`. */
export function pagedUnder<T>(
  call: Call,
  name: string,
  items: readonly T[],
  render: (item: T) => unknown,
  more: Record<string, unknown> = {},
): Answer {
  const page = pageOf(call);
  return {
    status: 200,
    body: { total_count: items.length, ...more, [name]: slice(items, page).map(render) },
    headers: linkHeader(call, page, items.length),
  };
}
