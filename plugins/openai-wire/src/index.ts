export { choiceMode } from "./request-fields.ts";
export {
  customArguments,
  customDescription,
  customInput,
  customParameters,
} from "./custom-tool.ts";
export { readEffort } from "./effort.ts";
export { vendorExtensions } from "./request-fields.ts";
export { Ignored } from "./ignored.ts";
export { foreignPart } from "./foreign-media.ts";
export { hostedTool, ignoredSettings, searches, toolType } from "./hosted-tools.ts";
export { identity } from "./request-fields.ts";
export { withMedia } from "./media-links.ts";
export { schemaFormat } from "./schema-format.ts";
export { extraContent, signatureIn } from "./signature-field.ts";
export { maxPieceLength, textPieces } from "./text-pieces.ts";
export { unknownText } from "./unknown-part.ts";
export { type SampleFormat, sampleFormatOf, unknownSize, wavHeader } from "./wav.ts";
