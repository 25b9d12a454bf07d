import { AgproxyError, type Incoming, type PluginContext, type RouteResult } from "@agproxy/core";
import type { PageFile } from "#page";

/** Where the page is. */
export const pagePath = "/dashboard";

/** Scripts and styles come from here alone, nothing is loaded from elsewhere, and no page may frame this one. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** The page and its files. They say nothing about the gateway, so that whoever is not signed in can get them. */
export function pageRoutes({ route }: Pick<PluginContext, "route">): void {
  route("GET", pagePath, async () => {
    const files = await pageFiles();
    return {
      headers: { ...pageHeaders, "content-type": "text/html; charset=utf-8" },
      body: html(files),
    };
  });
  route("GET", `${pagePath}/assets/:name`, async ({ params }): Promise<RouteResult> => {
    const file = (await pageFiles()).find(({ name }) => name === params["name"]);
    if (file === undefined) throw new AgproxyError("route_not_found");
    // Its name changes with its content.
    const cache = { "cache-control": "public, max-age=31536000, immutable" };
    return { headers: { ...pageHeaders, ...cache, "content-type": file.type }, body: file.text };
  });
}

/** Loaded when somebody looks: a gateway whose page nobody opens never has it in memory. */
async function pageFiles(): Promise<readonly PageFile[]> {
  const { builtPage } = await import("#page");
  return builtPage();
}

function html(files: readonly PageFile[]): string {
  const named = (extension: string) =>
    `dashboard/assets/${files.find(({ name }) => name.endsWith(extension))?.name}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>agproxy</title>
<link rel="icon" href="${named(".svg")}">
<link rel="stylesheet" href="${named(".css")}">
<script type="module" src="${named(".js")}"></script>
</head>
<body><div id="page"></div><noscript>The dashboard needs JavaScript.</noscript></body>
</html>
`;
}

/** agproxy's address, as this browser reaches it. `guard` has checked the name. */
export function addressOf({ protocol, headers }: Pick<Incoming, "protocol" | "headers">): string {
  return `${protocol}://${headers.host ?? "127.0.0.1"}`;
}
