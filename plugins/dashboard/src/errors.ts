import { createError } from "@agproxy/core";

export const NotSignedIn = createError("dashboard_sign_in", {
  status: 401,
  type: "authentication_error",
  text: "The dashboard does not know this browser.",
  advice: "Open /dashboard and sign in. `agproxy dashboard` makes a link for it.",
});

export const WrongKey = createError("dashboard_wrong_key", {
  status: 401,
  type: "authentication_error",
  text: "This key or link does not open the dashboard.",
  advice: "A link works once and for ten minutes. `agproxy dashboard` makes another one.",
});

export const TooManyKeys = createError("dashboard_too_many_keys", {
  status: 429,
  type: "rate_limit_error",
  text: "Too many wrong keys came from this address.",
  advice: "Wait a few minutes.",
});

export const NotFromPage = createError("dashboard_not_from_page", {
  status: 403,
  type: "permission_error",
  text: "The request does not come from the dashboard's own page.",
  advice: "Reload the page.",
});

export const TooManyWatchers = createError("dashboard_too_many_pages", {
  status: 503,
  type: "server_error",
  text: "Too many pages of the dashboard are open.",
  advice: "Close some of them.",
});

export const BadAction = createError("dashboard_action", {
  status: 400,
  type: "invalid_request_error",
  text: "The dashboard cannot do this.",
  advice: "The message says why.",
});
