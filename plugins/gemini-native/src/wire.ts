/** The name under which requests and answers are kept in the words of this wire; that of Google's upstreams. */
export const wire = "gemini";
