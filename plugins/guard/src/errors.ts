import { createError } from "@agproxy/core";

export const HostNotAllowed = createError("host_not_allowed", {
  status: 403,
  type: "permission_error",
  text: "Requests for this host name are not allowed.",
  advice: "Add the name to the guard plugin's `hosts`.",
});

export const OriginNotAllowed = createError("origin_not_allowed", {
  status: 403,
  type: "permission_error",
  text: "Requests from other web pages are not allowed.",
  advice: "Call the gateway from a page with an origin, and add that to the guard's `origins`.",
});
