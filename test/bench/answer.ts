/** What the mock upstream says, so that every answer can be compared with it word by word. */

/** How an answer comes: so many events, so many milliseconds apart (0: as fast as they can be sent). */
export interface Pace {
  readonly events: number;
  readonly gap: number;
}

const model = "gemini-2.5-flash";

/** The text of one event: what a model says at a time, with something to escape in it. */
export function textOf(index: number): string {
  return ` piece "${index}" of an answer – a line\n`;
}

export function wholeText(events: number): string {
  return Array.from({ length: events }, (_, index) => textOf(index)).join("");
}

/** One event of a stream, as the Gemini API words it; the last one has the finish. */
export function answerEvent(index: number, events: number): unknown {
  return answer(textOf(index), index + 1, index + 1 === events);
}

/** An answer that is not streamed, of about 1 KB. */
export const unaryText = wholeText(16);
export const unaryAnswer = answer(unaryText, 16, true);

function answer(text: string, tokens: number, last: boolean): unknown {
  return {
    candidates: [
      {
        content: { parts: [{ text }], role: "model" },
        ...(last ? { finishReason: "STOP" } : {}),
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: 180,
      candidatesTokenCount: tokens,
      totalTokenCount: 180 + tokens,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: 180 }],
    },
    modelVersion: model,
    responseId: "hGdhaZrLDcaAjrEPmOSf8Qk",
  };
}
