import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Text in a style, or as it is where there is no terminal to show it. */
export type Paint = (style: Style, text: string) => string;

export function createPaint(colour: boolean): Paint {
  return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}
