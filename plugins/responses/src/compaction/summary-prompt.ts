/** What a model is asked at the end of a conversation that is to be compacted. */
export const summaryPrompt = `The conversation above is about to be replaced by a summary of it that you write now. Whoever goes on with it will have your summary and nothing else.

Write down, as precisely as the conversation allows:
- what the user asked for, in their own words where the words matter, and every preference, limit and correction they gave;
- what was done and found so far: files with their paths, names, commands, results, decisions and their reasons;
- what was tried and did not work;
- what is unfinished, and the next steps.

Do not answer the user, do not call tools, do not add anything that is not in the conversation. Write only the summary.`;

/** How a summary is handed to the model in place of the conversation. */
export function expandedSummary(summary: string): string {
  return `Summary of the conversation up to here, which it replaces:\n\n${summary}`;
}
