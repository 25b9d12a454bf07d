import { AgproxyError, type MessageMemory, parseJson } from "@agproxy/core";

/** A message that waits for its turn or is being answered. It counts as one of its caller's bodies meanwhile. */
export class Message {
  readonly byteLength: number;
  readonly #memory: MessageMemory;
  readonly #counted: Promise<void>;
  #bytes: Buffer | undefined;

  constructor(bytes: Buffer, memory: MessageMemory) {
    this.byteLength = bytes.byteLength;
    this.#bytes = bytes;
    this.#memory = memory;
    this.#counted = (async () => memory.hold(bytes.byteLength))();
    // `value` tells of it. One that is refused is not kept until its turn.
    this.#counted.catch(() => (this.#bytes = undefined));
  }

  /** Its JSON. Throws `invalid_json`, `invalid_request`, `caller_limit_reached`, `overloaded`. */
  async value(): Promise<unknown> {
    await this.#counted;
    const bytes = this.#bytes ?? Buffer.alloc(0);
    this.#bytes = undefined;
    return parseJson(bytes, this.#memory.hold).catch((thrown: AgproxyError) => {
      if (thrown.code !== "invalid_json") throw thrown;
      throw new AgproxyError("invalid_json", "The message is not valid JSON.");
    });
  }

  /** It is answered, or nobody waits for its answer. */
  drop(): void {
    this.#bytes = undefined;
    this.#memory.leave();
  }
}
