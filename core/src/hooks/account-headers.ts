// As CommonJS, for a quick start: docs/decisions/0010-bundled-packages.md.
const { validateHeaderName, validateHeaderValue } = process.getBuiltinModule("node:http");

/** HTTP's own, which agproxy sets itself. */
const framing: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "host",
  "transfer-encoding",
]);

/** The first header that HTTP cannot carry, or that belongs to the connection, by its name; undefined where all are good. */
export function unfitHeader(headers: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(headers).find((name) => !isFit(name, headers[name]));
}

function isFit(name: string, value: unknown): boolean {
  if (typeof value !== "string" || framing.has(name.toLowerCase())) return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
