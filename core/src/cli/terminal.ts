/**
 * What a terminal obeys or reorders: C0 and C1 controls, DEL, line separators, marks and overrides of the writing direction, and
 * half surrogates. Line feeds and tabs stay.
 */
const controls =
  /[\0-\x08\v-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** Most lines of the log are plain, which this finds out in half the time of a search for controls. */
const plain = /^[\t\n\x20-\x7e]*$/;

/**
 * A text that does nothing to a terminal but show itself: controls are written out, as JSON has them. Upstreams and clients
 * choose parts of what is printed, and a terminal's commands can hide lines, fake others and fill the clipboard.
 */
export function harmless(text: string): string {
  return plain.test(text) ? text : text.replaceAll(controls, escape);
}

function escape(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The same, on one line: what others wrote must not look like a line of ours. */
export function oneLine(text: string): string {
  return harmless(text.replaceAll(/[\r\n]+/g, " "));
}
