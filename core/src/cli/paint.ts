import { styleText } from "node:util";

/** The styles that lines on a terminal have; each says one thing. */
const styles = { good: "green", odd: "yellow", bad: "red", aside: "dim" } as const;

/** Gives a text a colour, or leaves it as it is. */
export type Paint = (style: keyof typeof styles, text: string) => string;

/** For what is no terminal. */
export const unpainted: Paint = (_, text) => text;

/** In colour where a stream is a terminal that has some and the user wants some: `NO_COLOR` (no-color.org) says no. */
export function paintFor(stream: { readonly hasColors?: () => boolean }): Paint {
  if (stream.hasColors?.() !== true || process.env["NO_COLOR"]) return unpainted;
  return (style, text) => styleText(styles[style], text, { validateStream: false });
}
