import type { Fields } from "@agproxy/core";

/** What the client knows of the audio, a sentence each, its own words unchanged. */
export function transcriptionHints(fields: Fields): readonly string[] {
  const language = fields.string("language");
  const languages = [...(language === undefined ? [] : [language]), ...fields.words("languages")];
  const keywords = fields.words("keywords");
  const prompt = fields.string("prompt");
  return [
    ...(languages.length === 0 ? [] : [`Language of the speech: ${languages.join(", ")}`]),
    ...(keywords.length === 0 ? [] : [`Words that may be said: ${keywords.join(", ")}`]),
    ...(prompt === undefined
      ? []
      : [`For names, spelling and style, not to be repeated in the answer: ${prompt}`]),
  ];
}
