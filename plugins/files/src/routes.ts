import {
  FileBody,
  type PluginContext,
  type Query,
  type RouteOptions,
  type RouteRequest,
} from "@agproxy/core";
import { noSuchFile } from "./missing-file.ts";
import type { Settings } from "./options.ts";
import type { Shelf } from "./shelf.ts";
import type { StoredFile } from "./stored-file.ts";
import { uploadedFile } from "./upload.ts";

/** How one API writes files. */
export interface FileWire {
  file(file: StoredFile): unknown;
  page(newestFirst: readonly StoredFile[], query: Query): unknown;
  deleted(id: string): unknown;
}

const dayMs = 24 * 60 * 60_000;

/** Never as what it says it is: a page that somebody uploaded must not run in a browser as one of this gateway's. */
const downloadHeaders = {
  "content-disposition": "attachment",
  "x-content-type-options": "nosniff",
};

/** The routes of files, for the clients of one API. Another caller's file is answered like one that does not exist. */
export function fileRoutes(
  agproxy: Pick<PluginContext, "route">,
  shelf: Shelf,
  { maxBytes, keepDays }: Settings,
  wire: FileWire,
  options: RouteOptions = {},
): void {
  const path = "/v1/files";
  const limits = { maxBytes, lifetimeMs: keepDays * dayMs };

  agproxy.route(
    "POST",
    path,
    async ({ caller, form }) => {
      const file = uploadedFile(await form(), limits);
      return { body: wire.file(await shelf.put(caller, file)) };
    },
    options,
  );

  agproxy.route(
    "GET",
    path,
    async ({ incoming, caller }) => ({
      body: wire.page(await shelf.list(caller), incoming.query),
    }),
    options,
  );

  agproxy.route(
    "GET",
    `${path}/:file_id`,
    async (request) => ({ body: wire.file(await found(shelf, request)) }),
    options,
  );

  agproxy.route(
    "GET",
    `${path}/:file_id/content`,
    async (request) => {
      const file = await found(shelf, request);
      const data = await shelf.content(request.caller, file);
      if (data === undefined) throw noSuchFile(file.id);
      const bytes = Buffer.from(data, "base64");
      return { headers: downloadHeaders, body: new FileBody("application/octet-stream", bytes) };
    },
    options,
  );

  agproxy.route(
    "DELETE",
    `${path}/:file_id`,
    async (request) => {
      const id = idOf(request);
      if (!(await shelf.delete(request.caller, id))) throw noSuchFile(id);
      return { body: wire.deleted(id) };
    },
    options,
  );
}

function idOf({ params }: RouteRequest): string {
  return params["file_id"] ?? "";
}

async function found(shelf: Shelf, request: RouteRequest): Promise<StoredFile> {
  const file = await shelf.find(request.caller, idOf(request));
  if (file === undefined) throw noSuchFile(idOf(request));
  return file;
}
