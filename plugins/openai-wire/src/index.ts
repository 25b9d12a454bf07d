export {
  customArguments,
  customDescription,
  customInput,
  customParameters,
} from "./custom-tool.ts";
export { readEffort } from "./effort.ts";
export { hostedTool, ignoredSettings, searches, toolType } from "./hosted-tools.ts";
export { schemaFormat } from "./schema-format.ts";
