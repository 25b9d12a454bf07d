import {
  type Account,
  type Http,
  type Model,
  objectIn,
  objectsIn,
  parsedJson,
  wordIn,
} from "@agproxy/core";
import { listModels, type VertexAccess } from "./vertex-call.ts";

/** Guards against a server that always has one more page. */
const maxPages = 5;

/** Models that answer on the methods that this plugin calls; Google lists those for pictures, video and sound too. */
const served = /^(?:gemini|gemma|text-embedding|text-multilingual-embedding)-/;

/** The models that Google publishes at an account's place. */
export async function publishedModels(
  http: Http,
  account: Account,
  access: VertexAccess,
  signal: AbortSignal,
): Promise<readonly Model[]> {
  const models: Model[] = [];
  let next: string | undefined;
  for (let page = 0; page < maxPages && (page === 0 || next !== undefined); page += 1) {
    const more = next === undefined ? "" : `&pageToken=${encodeURIComponent(next)}`;
    const text = await listModels(http, account, access, `pageSize=100${more}`, signal);
    const answer = objectIn(parsedJson(text));
    for (const { name } of objectsIn(answer?.["publisherModels"])) {
      const id = wordIn(name)?.replace(/^publishers\/google\/models\//, "");
      if (id !== undefined && served.test(id)) models.push({ id, ownedBy: "google" });
    }
    next = wordIn(answer?.["nextPageToken"]);
  }
  return models;
}
