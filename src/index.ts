export * from "@agproxy/core";
export { defaults, type DefaultsOptions } from "./defaults.ts";
