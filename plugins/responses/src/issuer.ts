import type { AgproxyError, Attempt, ChatRequest, Message } from "@agproxy/core";

/**
 * Who makes the signatures of an attempt's answer: the upstream and the model's family, such as
 * `gemini/gemini-2.5`. Accounts of one upstream take each other's.
 */
export function issuerOf({ account, exchange }: Attempt): string {
  const name = exchange.model.slice(exchange.model.lastIndexOf("/") + 1);
  const family = /^\D*\d+(?:\.\d+)?/.exec(name)?.[0] ?? name;
  return `${account.upstream.name}/${family}`;
}

/** Signatures by the issuer that their token names. */
export type Issued = ReadonlyMap<string, string>;

/** The request without the signatures that somebody else made: a vendor refuses the whole request for them. */
export function withoutForeign(request: ChatRequest, issued: Issued, issuer: string): ChatRequest {
  if ([...issued.values()].every((one) => one === issuer)) return request;
  return withoutSignatures(request, (one) => (issued.get(one) ?? issuer) !== issuer);
}

/** The request without some signatures. A part that held nothing but such a one goes with it. */
export function withoutSignatures(
  request: ChatRequest,
  isUnwanted: (signature: string) => boolean,
): ChatRequest {
  const unwanted = ({ signature }: Message["content"][number]) =>
    signature !== undefined && isUnwanted(signature);
  const cleaned = (message: Message): Message => {
    if (!message.content.some(unwanted)) return message;
    const content = message.content.flatMap((part) => {
      if (!unwanted(part)) return [part];
      const { signature: _, ...rest } = part;
      return "text" in rest && rest.text === "" ? [] : [rest];
    });
    return { ...message, content };
  };
  const messages = request.messages.map(cleaned).filter(({ content }) => content.length > 0);
  return { ...request, messages };
}

/** Whether the upstream refuses a request for a signature in it. No other account would take it. */
export function refusesSignature({ code, message }: AgproxyError): boolean {
  return code === "upstream_rejected" && /signature/i.test(message);
}
