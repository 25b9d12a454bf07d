import { createHash } from "node:crypto";

/**
 * A mark is a short prefix that a signature gets on its way to the client. It says, as a digest, who made the signature. One that
 * others made is refused, and with it the whole request, so it must be known for what it is when it comes back, whichever
 * upstream plugin gets it.
 */
export interface SignatureMark {
  /** A signature as the client gets it: opaque, of the same length but for a short prefix. */
  mark(signature: string): string;
  /** The signature without its mark; undefined where it has none, or another issuer's. */
  unmark(signature: string): string | undefined;
}

/** No signature that a vendor makes has a dot: they are base64. */
const version = "ag1.";
const pattern = /^ag1\.([\w-]{8})\.(.+)$/s;

/**
 * The mark of one issuer.
 *
 * @param issuer a word for all upstreams that accept each other's signatures; asked for once it is needed
 * @example
 * const { mark, unmark } = signatureMark(() => `${origin}\n${exchange.model}`);
 */
export function signatureMark(issuer: () => string): SignatureMark {
  let known: string | undefined;
  const own = () => (known ??= digest(issuer()));
  return {
    mark: (signature) => `${version}${own()}.${signature}`,
    unmark(signature) {
      const [, from, unmarked] = pattern.exec(signature) ?? [];
      return from === own() ? unmarked : undefined;
    },
  };
}

/** Whether a signature has a mark, whoever's it is. */
export function isMarked(signature: string): boolean {
  return signature.startsWith(version);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 8);
}
