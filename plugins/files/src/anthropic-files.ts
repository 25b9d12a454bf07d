import type { Query } from "@agproxy/core";
import { pageOf } from "./page.ts";
import type { FileWire } from "./routes.ts";
import type { StoredFile } from "./stored-file.ts";

/** Source: https://docs.claude.com/en/api/files-metadata */
function wireFile({ id, bytes, created, expires, filename, mimeType }: StoredFile) {
  return {
    type: "file",
    id,
    filename,
    mime_type: mimeType,
    size_bytes: bytes,
    created_at: new Date(created).toISOString(),
    expires_at: new Date(expires).toISOString(),
    downloadable: true,
  };
}

/** Newer clients ask for a page by its token, older ones by the file before it: here the token is that file. */
const words = { after: ["page", "after_id"], before: "before_id", maxLimit: 1000, usualLimit: 20 };

/** Source: https://docs.claude.com/en/api/files-list */
function wirePage(newestFirst: readonly StoredFile[], query: Query) {
  const ids = new Set([...query.getAll("ids"), ...query.getAll("ids[]")]);
  const meant = ids.size === 0 ? newestFirst : newestFirst.filter(({ id }) => ids.has(id));
  const page = pageOf(meant, query, words);
  return {
    data: page.files.map(wireFile),
    first_id: page.files[0]?.id ?? null,
    last_id: page.files.at(-1)?.id ?? null,
    has_more: page.hasMore,
    next_page: page.hasMore ? (page.files.at(-1)?.id ?? null) : null,
  };
}

/** Files in the shape of Anthropic's API. */
export const anthropicFiles: FileWire = {
  file: wireFile,
  page: wirePage,
  deleted: (id) => ({ id, type: "file_deleted" }),
};
