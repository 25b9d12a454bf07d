import type { ServerResponse } from "node:http";
import { errorText, type GoogleError } from "./google-error.ts";

export const jsonType = "application/json; charset=UTF-8";

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": jsonType });
  response.end(`${JSON.stringify(body, null, 2)}\n`);
}

export function sendError(response: ServerResponse, error: GoogleError): void {
  response.writeHead(error.status, { "content-type": jsonType });
  response.end(errorText(error));
}
