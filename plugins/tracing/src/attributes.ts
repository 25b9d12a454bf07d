import type { FinishedAttempt, Summary } from "@agproxy/core";
import type { Attributes } from "@opentelemetry/api";

/** Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server */
export function requestAttributes({ exchange, status }: Summary): Attributes {
  const { id, method, path, protocol, remoteAddress, headers } = exchange.incoming;
  return {
    "http.request.method": method,
    "url.path": path,
    "url.scheme": protocol,
    "http.response.status_code": status,
    "client.address": remoteAddress,
    "user_agent.original": headers["user-agent"],
    "agproxy.request.id": id,
  };
}

/** Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ */
export function exchangeAttributes(summary: Summary, operation: string): Attributes {
  const { exchange, attempts, outcome, answeredBy, error } = summary;
  const { sampling } = exchange.request;
  return {
    "gen_ai.operation.name": operation,
    "gen_ai.request.model": exchange.request.model,
    "gen_ai.response.model": summary.model,
    "gen_ai.request.stream": exchange.request.stream,
    "gen_ai.request.max_tokens": sampling.maxTokens ?? sampling.maxAnswerTokens,
    "gen_ai.request.temperature": sampling.temperature,
    "gen_ai.request.top_p": sampling.topP,
    "gen_ai.request.choice.count": sampling.choices,
    ...usageAttributes(summary),
    "agproxy.protocol": exchange.protocol,
    "agproxy.caller": exchange.caller.name,
    "agproxy.outcome": outcome,
    "agproxy.attempts": attempts.length,
    "agproxy.answered_by": answeredBy,
    ...(error === undefined ? {} : { "error.type": error.code }),
  };
}

/** `gen_ai.provider.name` is the upstream's own name: only its plugin knows which vendor that is. */
export function upstreamAttributes(
  summary: Summary,
  { account, model, firstEventMs, error }: FinishedAttempt,
  operation: string,
): Attributes {
  const isStreamed = summary.exchange.request.stream;
  return {
    "gen_ai.operation.name": operation,
    "gen_ai.provider.name": account.upstream.name,
    "gen_ai.request.model": model,
    "gen_ai.request.stream": isStreamed,
    ...(error === undefined ? usageAttributes(summary) : {}),
    ...(error === undefined && isStreamed
      ? { "gen_ai.response.time_to_first_chunk": firstEventMs / 1000 }
      : {}),
  };
}

function usageAttributes({ usage }: Summary): Attributes {
  if (usage === undefined) return {};
  return {
    "gen_ai.usage.input_tokens": usage.inputTokens,
    "gen_ai.usage.output_tokens": usage.outputTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cachedTokens,
    "gen_ai.usage.reasoning.output_tokens": usage.reasoningTokens,
  };
}
