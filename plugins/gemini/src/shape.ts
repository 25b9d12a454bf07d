export {
  countIn as count,
  type JsonObject as AnyFields,
  listIn as list,
  objectIn as fields,
  parsedJson,
  wordIn as word,
} from "@agproxy/core";
