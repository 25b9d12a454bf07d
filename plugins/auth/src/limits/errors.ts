import { createError } from "@agproxy/core";

export const InsufficientQuota = createError("insufficient_quota", {
  status: 429,
  type: "rate_limit_error",
  text: "This API key has used up its budget.",
  advice: "Wait until the budget begins anew, or ask whoever runs this gateway for a larger one.",
});

export const PriceUnknown = createError("price_unknown", {
  status: 403,
  type: "permission_error",
  text: "This API key has a budget in money, and the model has no price.",
  advice: "Ask for another model, or add the model to `prices` of the auth plugin.",
});
