import type { Part } from "@agproxy/core";

/** A message has room for one signature: it belongs to its last text or medium, without either to the last part. */
export function signLast(said: readonly Part[], signature: string | undefined): readonly Part[] {
  if (signature === undefined) return said;
  const last = said.findLastIndex((part) => part.type === "text" || part.type === "media");
  const at = last === -1 ? said.length - 1 : last;
  if (at === -1) return [{ type: "text", text: "", signature }];
  return said.map((part, index) =>
    index === at && part.signature === undefined ? { ...part, signature } : part,
  );
}
