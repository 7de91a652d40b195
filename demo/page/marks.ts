import { Html, html } from "./html.ts";

/** Drawn here; the colours say the rest. */
const SHAPES = {
  success: '<circle cx="8" cy="8" r="8"/><path class="cut" d="M4.5 8.3 7 10.8l4.6-5"/>',
  failure: '<circle cx="8" cy="8" r="8"/><path class="cut" d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"/>',
  neutral: '<circle cx="8" cy="8" r="8"/><path class="cut" d="M4.8 8h6.4"/>',
  open: '<circle class="ring" cx="8" cy="8" r="7"/><circle cx="8" cy="8" r="2"/>',
  closed: '<circle class="ring" cx="8" cy="8" r="7"/><path class="line" d="M5.3 8.2 7.2 10l3.6-4"/>',
} as const;

export type Mark = keyof typeof SHAPES;

export function markFor(conclusion: string | null): Mark {
  return conclusion === "success" || conclusion === "neutral" ? conclusion : "failure";
}

export function icon(mark: Mark): Html {
  return html`<svg
    class="icon ${mark}"
    viewBox="0 0 16 16"
    width="16"
    height="16"
    role="img"
    aria-label="${mark}"
  >
    ${new Html(SHAPES[mark])}
  </svg>`;
}
