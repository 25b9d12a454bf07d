/** How many conversations' accounts are remembered at least. */
const maxHomes = 10_000;

/**
 * The accounts of conversations that no client has named. What they begin with may be the same for many, so the first turn
 * goes where the strategy says, and the later ones go there too. A full map becomes the former one and a new one begins.
 */
export class ConversationHomes {
  #recent = new Map<string, string>();
  #former = new Map<string, string>();

  get(conversation: string): string | undefined {
    return this.#recent.get(conversation) ?? this.#former.get(conversation);
  }

  set(conversation: string, accountId: string): void {
    this.#recent.set(conversation, accountId);
    if (this.#recent.size < maxHomes) return;
    this.#former = this.#recent;
    this.#recent = new Map();
  }
}
