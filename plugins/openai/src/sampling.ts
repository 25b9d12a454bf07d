import { defined, type Sampling, type Fields } from "@agproxy/core";

/** The fields that chat and completions have in common. */
export function sampling(fields: Fields): Sampling {
  return defined({
    temperature: fields.number("temperature"),
    topP: fields.number("top_p"),
    topK: fields.number("top_k"),
    seed: fields.integer("seed"),
    presencePenalty: fields.number("presence_penalty"),
    frequencyPenalty: fields.number("frequency_penalty"),
    stop: stop(fields),
    maxTokens: fields.integer("max_completion_tokens", 1) ?? fields.integer("max_tokens", 1),
    choices: fields.integer("n", 1),
  });
}

/** Chat asks for probabilities with a switch and, separately, a number of alternatives. */
export function chatSampling(fields: Fields): Sampling {
  const alternatives = fields.integer("top_logprobs", 0) ?? 0;
  const shared = sampling(fields);
  return fields.boolean("logprobs") === true ? { ...shared, logprobs: alternatives } : shared;
}

function stop(fields: Fields): readonly string[] | undefined {
  const value = fields.get("stop");
  if (typeof value === "string") return value === "" ? undefined : [value];
  const list = fields.list("stop") ?? [];
  const words = list.map((word, index) => {
    if (typeof word === "string") return word;
    throw fields.wrong(`stop[${index}]`, "a string");
  });
  return words.length === 0 ? undefined : words;
}
