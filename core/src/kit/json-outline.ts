/** A longer string is parsed by itself. */
const longStringBytes = 64 * 1024;

/** So much of a list or an object is parsed at once. */
const segmentBytes = 16 * 1024;

/** How large the stretches are. Tests make them small. */
export interface OutlineSizes {
  readonly longString: number;
  readonly segment: number;
}

/** A value that is parsed by itself: a long string, or a list or an object that is parsed in several segments. */
export interface Stretch {
  readonly kind: "string" | "list" | "object";
  /** Its bytes, with its quotes or brackets. */
  readonly from: number;
  readonly to: number;
  /** The commas at which a list or an object is cut. */
  readonly cuts: readonly number[];
  /** Stretches within it, in order. */
  readonly inner: readonly Stretch[];
}

/** A list or an object whose end has not come yet. */
interface Open {
  readonly from: number;
  readonly isList: boolean;
  /** Where the segment under way began. */
  since: number;
  /** How much of the segment under way is in stretches of its own. */
  lifted: number;
  cuts?: number[];
  inner?: Stretch[];
}

/**
 * Finds in a JSON what can be parsed by itself, so that the whole can be parsed in turns: `JsonBounds` tells it of each
 * bracket, comma and string. Of text that is no JSON it says where its brackets go wrong; everything else is left to
 * `JSON.parse`, which gets every byte.
 */
export class JsonOutline {
  readonly #sizes: OutlineSizes;
  /** From the outermost. The first is the text itself. */
  readonly #open: Open[] = [{ from: 0, isList: false, since: 0, lifted: 0 }];
  #brokenAt: number | undefined;

  constructor(sizes: OutlineSizes = { longString: longStringBytes, segment: segmentBytes }) {
    this.#sizes = sizes;
  }

  /** The outermost stretches, in order. */
  get stretches(): readonly Stretch[] {
    return this.#open[0]?.inner ?? [];
  }

  /** Where a bracket closes something that is not open. */
  get brokenAt(): number | undefined {
    return this.#brokenAt;
  }

  open(at: number, isList: boolean): void {
    this.#open.push({ from: at, isList, since: at + 1, lifted: 0 });
  }

  comma(at: number): void {
    const open = this.#open.at(-1)!;
    if (at - open.since - open.lifted < this.#sizes.segment || this.#open.length === 1) return;
    (open.cuts ??= []).push(at);
    open.since = at + 1;
    open.lifted = 0;
  }

  close(at: number, isList: boolean): void {
    const open = this.#open.at(-1)!;
    if (this.#open.length === 1 || open.isList !== isList) {
      this.#brokenAt ??= at;
      return;
    }
    this.#open.pop();
    const { from, cuts, inner = [] } = open;
    if (cuts !== undefined) {
      this.#lift({ kind: isList ? "list" : "object", from, to: at + 1, cuts, inner });
    } else if (inner.length > 0) for (const stretch of inner) this.#lift(stretch);
  }

  /** A string with its quotes. */
  string(from: number, to: number, isKey: boolean): void {
    if (to - from < this.#sizes.longString || isKey) return;
    this.#lift({ kind: "string", from, to, cuts: [], inner: [] });
  }

  #lift(stretch: Stretch): void {
    const open = this.#open.at(-1)!;
    (open.inner ??= []).push(stretch);
    open.lifted += stretch.to - stretch.from;
  }
}
