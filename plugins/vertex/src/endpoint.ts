/** The version of the API that Google's own SDK uses. */
const version = "v1beta1";

/** Places that are several regions. */
const multiRegions: ReadonlySet<string> = new Set(["eu", "us"]);

/**
 * Where the models of a location are.
 * Source: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations
 */
export function endpointOf(location: string): string {
  if (location === "global") return "https://aiplatform.googleapis.com";
  if (multiRegions.has(location)) return `https://aiplatform.${location}.rep.googleapis.com`;
  return `https://${location}-aiplatform.googleapis.com`;
}

export interface ModelPlace {
  /** Absent in express mode: the key names it. */
  readonly project: string | undefined;
  readonly location: string;
  readonly model: string;
}

/**
 * The path of a model: Google's own by its name, others' by `publishers/…/models/…`, a tuned one by its whole resource
 * name, `projects/…/endpoints/…`.
 */
export function modelPath({ project, location, model }: ModelPlace): string {
  const bare = model.replace(/^models\//, "");
  if (bare.startsWith("projects/")) return `/${version}/${encoded(bare)}`;
  const published = bare.startsWith("publishers/") ? bare : `publishers/google/models/${bare}`;
  const owner = project === undefined ? "" : `projects/${project}/locations/${location}/`;
  return `/${version}/${owner}${encoded(published)}`;
}

/** The path of the list of Google's models. */
export const modelsPath = `/${version}/publishers/google/models`;

function encoded(path: string): string {
  return path.toWellFormed().split("/").map(encodeURIComponent).join("/");
}
