import { AgproxyError } from "@agproxy/core";

/** The response that a request wants to go on with is not there, or not this caller's. */
export function missingPrevious(id: string): AgproxyError {
  return new AgproxyError(
    "invalid_request",
    `Previous response with id '${short(id)}' not found.`,
    {
      param: "previous_response_id",
      advice:
        "It was made with `store: false`, is too old, or belongs to another key. Send the whole conversation in `input`.",
      details: { previous_response_id: short(id) },
    },
  );
}

/** The response that a path names is not there, or not this caller's. */
export function missingResponse(id: string): AgproxyError {
  return new AgproxyError("invalid_request", `Response with id '${short(id)}' not found.`, {
    status: 404,
    advice: "It was made with `store: false`, is deleted, too old, or belongs to another key.",
  });
}

/** An item that the conversation needs is not there. */
export function missingItem(id: string, param: string): AgproxyError {
  return new AgproxyError("invalid_request", `Item with id '${short(id)}' not found.`, {
    param,
    advice: "Items of responses with `store: false` are not kept. Send the item itself.",
  });
}

/** Ids in errors come from the client. */
function short(id: string): string {
  return id.slice(0, 100);
}
