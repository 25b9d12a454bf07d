/** Something that a roster may hold. One roster at a time. */
export interface Member {
  /** Where it stands in its roster; the roster sets it. */
  place: number;
}

/** The place of who is in no roster. */
export const nowhere = -1;

/**
 * A set of what is under way, to which every request is added and from which it is removed. Not a `Set`: V8 copies one from
 * which entries are deleted again and again, and each copy keeps the next one and all requests in it until the next full
 * collection (docs/decisions/0011-short-lives.md).
 */
export class Roster<M extends Member> {
  readonly #members: M[] = [];

  get size(): number {
    return this.#members.length;
  }

  /** Adds a member, once. */
  add(member: M): void {
    if (member.place === nowhere) member.place = this.#members.push(member) - 1;
  }

  /** Removes a member, if it is there; the last one takes its place. */
  remove(member: M): void {
    const { place } = member;
    if (place === nowhere) return;
    member.place = nowhere;
    const last = this.#members.pop();
    if (last === undefined || last === member) return;
    last.place = place;
    this.#members[place] = last;
  }

  /** Calls `visit` with each member, which it may remove: from the last to the first, so that none is missed. */
  each(visit: (member: M) => void): void {
    for (let place = this.#members.length - 1; place >= 0; place -= 1) {
      const member = this.#members[place];
      if (member !== undefined) visit(member);
    }
  }
}
