/** The name under which requests and answers are kept in the words of this wire. */
export const wire = "gemini";
