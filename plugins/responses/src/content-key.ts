import { digest } from "./digest.ts";

/** Names a text, picture or code of one turn: by what it is, and by how many equal ones came before. */
export function contentKey(content: string, earlier: number): string {
  return earlier === 0 ? digest(content) : `${digest(content)}.${earlier}`;
}

/** Names contents one after the other. */
export function contentKeys(): (content: string) => string {
  const seen = new Map<string, number>();
  return (content) => {
    const earlier = seen.get(content) ?? 0;
    seen.set(content, earlier + 1);
    return contentKey(content, earlier);
  };
}
