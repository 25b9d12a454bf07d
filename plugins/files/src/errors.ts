import { createError } from "@agproxy/core";

export const FileNotFound = createError("file_not_found", {
  status: 404,
  type: "not_found_error",
  text: "This API key has no such file here.",
  advice: "Upload it to this gateway with POST /v1/files; GET /v1/files lists what is there.",
});

export const FileStorageFull = createError("file_storage_full", {
  status: 413,
  type: "invalid_request_error",
  text: "There is no room for this file.",
  advice: "Delete files with DELETE /v1/files/ID, or raise the limits of the files plugin.",
});

export const StoredFilesBusy = createError("stored_files_busy", {
  status: 503,
  type: "rate_limit_error",
  text: "The files that requests name fill the memory that is set aside for them.",
  advice: "Try again in a moment, or name fewer or smaller files.",
});
