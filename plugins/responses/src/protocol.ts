import type { Incoming, Protocol } from "agproxy";
import { type Echo, emptyEcho } from "./echo.ts";
import { readRequest } from "./input/request.ts";
import { ResponsesEncoder } from "./output/encoder.ts";
import { errorBody } from "./output/failure.ts";

/**
 * The wire of `POST /v1/responses`.
 * Source: https://platform.openai.com/docs/api-reference/responses
 */
export function responsesProtocol(options: { readonly choices: boolean }): Protocol {
  const echoes = new WeakMap<Incoming, Echo>();
  return {
    name: "responses",
    decode(body, incoming) {
      const { request, ignored, echo } = readRequest(body);
      echoes.set(incoming, echo);
      return { request, ignored };
    },
    encoder({ incoming, request }, { id, created }) {
      const { fields, names } = echoes.get(incoming) ?? emptyEcho;
      return new ResponsesEncoder({
        head: { id: `resp_${id}`, created, model: request.model, echoed: fields },
        names,
        seed: id,
        choices: options.choices,
        now: () => Math.floor(Date.now() / 1000),
      });
    },
    error: errorBody,
  };
}
