import { PrivateFile } from "@agproxy/core";
import { type KeyRecord, readKeyRecords, writeKeyRecords } from "./key-record.ts";

/** The file with the keys of `agproxy keys`. */
export function keyFile(path: string): PrivateFile<readonly KeyRecord[]> {
  return new PrivateFile(path, {
    what: "key file",
    empty: [],
    read: readKeyRecords,
    write: writeKeyRecords,
  });
}
