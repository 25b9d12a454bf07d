import { type Query, wrong } from "@agproxy/core";
import { pageOf } from "./page.ts";
import type { FileWire } from "./routes.ts";
import type { StoredFile } from "./stored-file.ts";

/** Source: https://platform.openai.com/docs/api-reference/files/object */
function wireFile({ id, bytes, created, expires, filename, purpose }: StoredFile) {
  return {
    id,
    object: "file",
    bytes,
    created_at: Math.floor(created / 1000),
    expires_at: Math.floor(expires / 1000),
    filename,
    purpose,
    status: "processed",
  };
}

const words = { after: ["after"], maxLimit: 10_000, usualLimit: 10_000 };

/** Source: https://platform.openai.com/docs/api-reference/files/list */
function wirePage(newestFirst: readonly StoredFile[], query: Query) {
  const order = query.get("order") ?? "desc";
  if (order !== "asc" && order !== "desc") throw wrong("order", "asc or desc");
  const purpose = query.get("purpose");
  const meant = newestFirst.filter((file) => purpose === null || file.purpose === purpose);
  const page = pageOf(order === "asc" ? meant.toReversed() : meant, query, words);
  return {
    object: "list",
    data: page.files.map(wireFile),
    first_id: page.files[0]?.id ?? "",
    last_id: page.files.at(-1)?.id ?? "",
    has_more: page.hasMore,
  };
}

/** Files in the shape of OpenAI's API. */
export const openaiFiles: FileWire = {
  file: wireFile,
  page: wirePage,
  deleted: (id) => ({ id, object: "file", deleted: true }),
};
