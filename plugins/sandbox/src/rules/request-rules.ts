import { abilityFaults } from "./ability-rules.ts";
import { configFaults } from "./config-rules.ts";
import { contentFaults } from "./content-rules.ts";
import {
  faultError,
  type GoogleError,
  googleError,
  invalidArgument,
  unknownModel,
} from "../server/google-error.ts";
import { canGenerate } from "../models.ts";
import { readMessage, type Violation } from "./request-reading.ts";
import { isObject } from "@agproxy/core";
import { signatureFaults } from "./signature-rules.ts";
import { speechFaults } from "./speech-rules.ts";
import { toolFaults } from "./tool-rules.ts";
import { orderFaults } from "./order-rules.ts";
import type { GenerateRequest } from "../wire.ts";

/** A request that keeps the rules, in camelCase; or Google's answer to one that does not. */
export type Ruling<Request = GenerateRequest> =
  | { readonly request: Request; readonly error?: never }
  | { readonly request?: never; readonly error: GoogleError };

/**
 * A linter for generateContent requests: what the Gemini API answers to a wrong one, in its own words, or
 * undefined for a right one. Pure, so that a test of a request mapper needs no server. Thought signatures that
 * the sandbox did not make pass here, and are refused by the server.
 *
 * @param body the request as parsed JSON
 */
export function lintRequest(model: string, body: unknown): GoogleError | undefined {
  return judgeRequest(model, body, "pass").error;
}

/** Like `lintRequest`, and returns the request that was read. */
export function judgeRequest(
  model: string,
  body: unknown,
  foreignSignatures: "pass" | "refused",
): Ruling {
  if (!canGenerate(model)) return { error: unknownModel(model, "generateContent") };
  if (!isObject(body)) return { error: invalidArgument("Invalid JSON payload received.") };
  const { value, violations } = readMessage("GenerateContentRequest", body);
  if (violations.length > 0) return { error: badRequest(violations) };
  // What the reader lets through has this shape.
  const request = value as GenerateRequest;
  const error =
    faultError([
      ...contentFaults(model, request),
      ...toolFaults(model, request),
      ...configFaults(model, request),
    ]) ??
    faultError([...abilityFaults(model, request), ...speechFaults(model, request)].slice(0, 1)) ??
    faultError(
      [...orderFaults(model, request), ...signatureFaults(model, request, foreignSignatures)].slice(
        0,
        1,
      ),
    );
  return error === undefined ? { request } : { error };
}

/** Reads a countTokens request, which holds contents or a whole generateContent request. */
export function judgeCount(model: string, body: unknown): Ruling {
  const { value, violations } = readMessage("CountTokensRequest", body);
  if (violations.length > 0) return { error: badRequest(violations) };
  const { generateContentRequest, ...direct } = value as GenerateRequest & {
    readonly generateContentRequest?: GenerateRequest;
  };
  const request = generateContentRequest ?? direct;
  const error = faultError(contentFaults(model, request).slice(0, 1));
  return error === undefined ? { request } : { error };
}

export function badRequest(violations: readonly Violation[]): GoogleError {
  const fieldViolations = violations.map(({ field, description }) =>
    field === "" ? { description } : { field, description },
  );
  return googleError(400, violations.map(({ description }) => description).join("\n"), [
    { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations },
  ]);
}
